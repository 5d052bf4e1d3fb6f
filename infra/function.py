"""A Lambda function that may write its own log, and nothing else until it is granted."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.environments import NAME, Environment

RETENTION = {
    1: logs.RetentionDays.ONE_DAY,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}


def function(
    scope: Construct,
    row: Environment,
    name: str,
    handler: str,
    *,
    code: lambda_.Code,
    layers: list[lambda_.ILayerVersion],
    timeout: int,
    memory: int,
    variables: dict[str, str],
) -> lambda_.Function:
    """Add a function, its role and its log. `timeout` is in seconds, `memory` in MB."""
    function_name = f"{cdk.Stack.of(scope).stack_name}-{name.lower()}"
    log = log_group(scope, row, f"{name}Log", f"/aws/lambda/{function_name}")
    role = iam.Role(scope, f"{name}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    log.grant_write(role)
    return lambda_.Function(
        scope,
        name,
        function_name=function_name,
        runtime=lambda_.Runtime(f"python{row.python}", lambda_.RuntimeFamily.PYTHON),
        architecture=lambda_.Architecture.custom(row.architecture),
        handler=handler,
        code=code,
        layers=layers,
        role=role,
        timeout=cdk.Duration.seconds(timeout),
        memory_size=memory,
        log_group=log,
        logging_format=lambda_.LoggingFormat.JSON,
        application_log_level_v2=lambda_.ApplicationLogLevel(row.log_level),
        environment={
            "BOT_NAME": NAME,
            "BOT_ENVIRONMENT": row.name,
            "BOT_LOG_LEVEL": row.log_level,
            **variables,
        },
    )


def log_group(scope: Construct, row: Environment, name: str, log_group_name: str) -> logs.LogGroup:
    """A log with the row's retention. It goes with the stack, so that its name is free again."""
    return logs.LogGroup(
        scope,
        name,
        log_group_name=log_group_name,
        retention=RETENTION[row.log_retention],
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )


def grant(function: lambda_.Function, actions: list[str], resources: list[str]) -> None:
    """Allow the function's role exactly these actions on these ARNs."""
    function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=resources))
