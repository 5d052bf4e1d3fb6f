"""What Slack and the queue reach of a function: itself, or the version that is live.

Where a row publishes, every deployment that changes a function adds a version of it and leaves the
live one alone; scripts/deploy/rollout.py makes the new one live. See docs/decisions/0018.
"""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from infra.environments import Environment
from infra.names import ALIAS as ALIAS


def live(function: lambda_.Function, row: Environment) -> lambda_.IFunction:
    """What the API, the queue and the alarms go by: the alias, or where there is none, it itself.

    The first deployment puts the alias at what it publishes. Later ones have to be told by a
    parameter, such as `LiveIngressVersion`, which version is live, and leave it there.
    """
    if not row.publish:
        return function
    stack, name = cdk.Stack.of(function), function.node.id
    newest = function.current_version
    # The next deployment leaves it there; one that fails takes back what it published, or the same
    # code could not be published again.
    newest.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    live_version = cdk.CfnParameter(
        stack,
        f"Live{name}Version",
        default="",
        allowed_pattern="[0-9]*",
        description="The version that is live and stays so; empty: the one that this publishes.",
    )
    nothing = cdk.Fn.condition_equals(live_version, "")
    first = cdk.CfnCondition(stack, f"First{name}Version", expression=nothing)
    alias = lambda_.Alias(stack, f"Live{name}", alias_name=ALIAS, version=newest)
    properties = alias.node.default_child
    assert isinstance(properties, lambda_.CfnAlias)
    properties.function_version = cdk.Token.as_string(
        cdk.Fn.condition_if(first.logical_id, newest.version, live_version.value_as_string)
    )
    cdk.CfnOutput(stack, f"{name}Version", value=newest.version)
    return alias
