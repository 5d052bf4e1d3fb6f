"""Our CDK app with the CDK's own validation, but without cdk-nag, which is not the CDK's doing."""

import aws_cdk as cdk

import infra.app
from infra.stack import BotStack


def _no_check(app: cdk.App, stack: BotStack) -> None:
    """Leave cdk-nag out."""


if __name__ == "__main__":
    infra.app.check = _no_check
    infra.app.main()
