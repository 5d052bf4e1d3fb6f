"""Builds one environment's stack: `npx cdk synth -c env=dev`."""

import sys

import aws_cdk as cdk
import cdk_nag

from infra.bundle import BundleError
from infra.environments import Environment, UnknownEnvironmentError, environment
from infra.stack import BotStack

# The findings of cdk-nag that StackBot lives with: where, which, and why.
ACKNOWLEDGED = [
    (
        "Api",
        "AwsSolutions::AwsSolutions-APIG4",
        "Slack cannot sign for AWS: the ingress checks Slack's own signature of every request.",
    ),
    (
        "Knowledge",
        "AwsSolutions::AwsSolutions-S1",
        "One role reads one object of it; a log of that would cost more than it tells.",
    ),
    (
        "DeadLetters",
        "Serverless::Serverless-SQSRedrivePolicy",
        "This is the dead-letter queue: what arrives here stays, until a person redrives it.",
    ),
    (
        "Ingress",
        "Serverless::Serverless-LambdaDLQ",
        "It is called synchronously: Slack sees its failure and retries.",
    ),
    (
        "Worker",
        "Serverless::Serverless-LambdaDLQ",
        "It is called by the queue, and the queue has the dead-letter queue.",
    ),
    (
        "Delivery",
        "Serverless::Serverless-LambdaEventSourceMappingDestination",
        "SQS mappings have no failure destination: the queue's redrive policy is it.",
    ),
    (
        "Ingress",
        "Serverless::Serverless-LambdaTracing",
        "The request id runs through the logs of both functions, and tracing would slow the ack.",
    ),
    (
        "Worker",
        "Serverless::Serverless-LambdaTracing",
        "The request id runs through the logs of both functions.",
    ),
]
WITHOUT_POINT_IN_TIME_RECOVERY = (
    "Claims",
    "AwsSolutions::AwsSolutions-DDB3",
    "This environment's row says that its data may be lost.",
)


def main() -> None:
    app = cdk.App(analytics_reporting=False)
    try:
        row = environment(app.node.try_get_context("env"))
        build(app, row.with_context(app.node.get_all_context()))
    except (UnknownEnvironmentError, BundleError) as error:
        sys.exit(str(error))
    app.synth()


def build(app: cdk.App, row: Environment) -> BotStack:
    """The stack of one row, checked by cdk-nag as it is synthesised."""
    stack = BotStack(app, row)
    cdk.Validations.of(app).add_plugins(
        cdk_nag.AwsSolutionsChecks(app), cdk_nag.ServerlessChecks(app)
    )
    known = list(ACKNOWLEDGED)
    if not row.point_in_time_recovery:
        known.append(WITHOUT_POINT_IN_TIME_RECOVERY)
    for construct, rule, reason in known:
        cdk.Validations.of(stack.node.find_child(construct)).acknowledge(
            cdk.Acknowledgment(id=rule, reason=reason)
        )
    return stack


if __name__ == "__main__":
    main()
