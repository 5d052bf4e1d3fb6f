"""A Lambda function that may write its own log, and nothing else until it is granted."""

import json
from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.environments import NAME, Environment
from infra.names import function_name

RETENTION = {
    1: logs.RetentionDays.ONE_DAY,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}

_MOST_BYTES = 4_096
"""Of all variables of a function, as the JSON that Lambda measures: "4 KB" in
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""

_UNRESOLVED_BYTES = 140
"""What is reserved for a value that only the deployment knows. The longest is a queue's URL:
"https://sqs.ap-northeast-1.amazonaws.com/123456789012/" and a name of at most 80 characters."""


class VariablesTooLongError(Exception):
    """Lambda would refuse a function's variables; the message says what to shorten."""


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
    """Add a function, its role and its log. `timeout` is in seconds, `memory` in MB.

    Raises `VariablesTooLongError`.
    """
    full_name = function_name(row.name, name)
    log = log_group(scope, row, f"{name}Log", f"/aws/lambda/{full_name}")
    variables = {
        "BOT_NAME": NAME,
        "BOT_ENVIRONMENT": row.name,
        "BOT_LOG_LEVEL": row.log_level,
        **variables,
    }
    check_size(variables, name, row)
    role = iam.Role(scope, f"{name}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    log.grant_write(role)
    return lambda_.Function(
        scope,
        name,
        function_name=full_name,
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
        environment=variables,
    )


def check_size(variables: Mapping[str, str], name: str, row: Environment) -> None:
    """Raise `VariablesTooLongError` where Lambda would refuse them, in the midst of a deployment.

    See https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html.
    """
    unresolved = "x" * _UNRESOLVED_BYTES
    values = {
        key: unresolved if cdk.Token.is_unresolved(value) else value
        for key, value in variables.items()
    }
    size = _bytes(values)
    if size <= _MOST_BYTES:
        return
    cells = {key: cell for text in row.settings.values() for key, cell in json.loads(text).items()}
    longest = sorted(cells, key=lambda key: _bytes(cells[key]), reverse=True)[:3]
    sizes = ", ".join(f"{key} ({_bytes(cells[key]):,} bytes)" for key in longest)
    raise VariablesTooLongError(
        f"The variables of the {name.lower()} take {size:,} bytes, and Lambda allows"
        f" {_MOST_BYTES:,}: shorten the longest cells of the row {row.name} in"
        f" infra/environments.py, which are {sizes}."
    )


def _bytes(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


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
