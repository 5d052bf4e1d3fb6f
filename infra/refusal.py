"""Has AWS refuse new code for a function unless CloudFormation brings it.

A hot swap comes with the caller's own credentials. See docs/decisions/0017 for what this rests on.
"""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

_BOOTSTRAPPED = "*cdk-*-cfn-exec-role-*"
"""The role that `cdk bootstrap` makes for CloudFormation, whatever its qualifier."""


def deny_hotswap(function: lambda_.Function) -> None:
    """Add the function's resource policy. Its alias has one of its own, for the API.

    Nobody is locked out: the policy cannot deny its own removal.
    """
    stack = cdk.Stack.of(function)
    role = stack.format_arn(service="iam", region="", resource="role", resource_name=_BOOTSTRAPPED)
    statement = {
        "Sid": "CodeComesByCloudFormation",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "lambda:UpdateFunctionCode",
        "Resource": function.function_arn,
        "Condition": {
            "ArnNotLike": {"aws:PrincipalArn": role},
            # Where CloudFormation has no role of its own, it calls in the caller's name.
            "ForAllValues:StringNotEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"},
        },
    }
    lambda_.CfnResourcePolicy(
        stack,
        f"{function.node.id}Policy",
        resource_arn=function.function_arn,
        policy_document={"Version": "2012-10-17", "Statement": [statement]},
    )
