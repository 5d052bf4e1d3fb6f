"""Builds one environment's stack: `npx cdk synth -c env=dev`."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk

from infra import bundle
from infra.environments import Environment, UnknownEnvironmentError, environment
from infra.function import VariablesTooLongError
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
WITHOUT_POINT_IN_TIME_RECOVERY = [
    (
        "Claims",
        "AwsSolutions::AwsSolutions-DDB3",
        "This environment's row says that its data may be lost.",
    ),
]
WITHOUT_TLS = [
    (queue, f"AwsSolutions::AwsSolutions-{rule}", "An emulator on loopback has no TLS.")
    for queue, rule in (("Requests", "SQS4"), ("DeadLetters", "SQS4"), ("Knowledge", "S10"))
]


def main(*arguments: str) -> None:
    """What the CDK command line runs, which passes cdk.json and `-c` on to the app.

    With arguments, such as `cdk.out env=local model=…`, it is run without that command line.
    """
    try:
        if arguments:
            folder, *context = arguments
            synthesise(Path(folder), **dict(cell.split("=", 1) for cell in context))
        else:
            _synthesise(cdk.App(analytics_reporting=False))
    except (UnknownEnvironmentError, VariablesTooLongError, bundle.BundleError) as error:
        sys.exit(str(error))


def synthesise(folder: Path, env: str, **context: str) -> Path:
    """Write the cloud assembly of one environment to `folder`, without the CDK command line.

    It takes a second less, and in a process that stays, a tenth of the rest.
    """
    flags = json.loads((bundle.ROOT / "cdk.json").read_text())["context"]
    merged = {**flags, "env": env, **context}
    _synthesise(cdk.App(analytics_reporting=False, context=merged, outdir=str(folder)))
    return folder


def _synthesise(app: cdk.App) -> None:
    row = environment(app.node.try_get_context("env") or "")
    row = _as_deployed(row.with_context(app.node.get_all_context()))
    packages = bundle.unpacked if row.on_this_machine else bundle.layer
    stack = build(app, row, code=bundle.code(), packages=packages(target(row)))
    if os.environ.get("CDK_VALIDATION") != "false":
        check(app, stack)
    app.synth()


def _as_deployed(row: Environment) -> Environment:
    """The row without what an emulator does not know; AWS_ENDPOINT_URL is how one is reached."""
    if not (row.denies_hotswap and os.environ.get("AWS_ENDPOINT_URL")):
        return row
    sys.stderr.write(
        "An emulator knows no AWS::Lambda::ResourcePolicy: here nothing but the command and the"
        f" stack's tag refuses to hotswap {row.name}.\n"
    )
    return replace(row, deny_hotswap=False)


def target(row: Environment) -> bundle.Target:
    """The Python that the row's Lambdas run on."""
    if row.on_this_machine:
        return bundle.Target.this_machine()
    return bundle.Target.aws(row.architecture, row.python)


def build(app: cdk.App, row: Environment, *, code: Path, packages: Path) -> BotStack:
    """The stack of one row, watched as the row says."""
    stack = BotStack(app, row, code=code, packages=packages)
    if row.alarms or row.dashboard:
        from infra.watching import watch

        watch(stack)
    return stack


def check(app: cdk.App, stack: BotStack) -> None:
    """Have cdk-nag look at everything as it is synthesised, and explain what it finds."""
    plug_in_the_checks(app)
    row = stack.row
    for construct, rule, reason in (
        *ACKNOWLEDGED,
        *(() if row.point_in_time_recovery else WITHOUT_POINT_IN_TIME_RECOVERY),
        *(() if row.tls_only else WITHOUT_TLS),
    ):
        cdk.Validations.of(stack.node.find_child(construct)).acknowledge(
            cdk.Acknowledgment(id=rule, reason=reason)
        )


def plug_in_the_checks(app: cdk.App) -> None:
    """From now on an unexplained finding of cdk-nag fails the synthesis."""
    import cdk_nag

    cdk.Validations.of(app).add_plugins(
        cdk_nag.AwsSolutionsChecks(app), cdk_nag.ServerlessChecks(app)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
