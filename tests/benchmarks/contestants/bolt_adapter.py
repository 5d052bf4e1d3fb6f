"""Bolt's own way on Lambda: its adapter and a lazy listener, which invokes the function again.

It is told who the bot is, as ours is: with a bare token it would first call Slack to find out.
"""

import os
from collections.abc import Callable
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.aws_lambda import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult


def _signing_secret() -> str:
    if name := os.environ.get("BOT_SIGNING_SECRET_PARAMETER"):
        import boto3

        response = boto3.client("ssm").get_parameter(Name=name, WithDecryption=True)
        return str(response["Parameter"]["Value"])
    return os.environ["SLACK_SIGNING_SECRET"]


def _authorize() -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=None,
        team_id="T1",
        bot_token="xoxb-fake",
        bot_id="B1",
        bot_user_id="UBOT",
    )


def _ack(ack: Callable[[], Any]) -> None:
    ack()


def _answer() -> None:
    """The worker's part, in an invocation of its own."""


_app = App(signing_secret=_signing_secret(), authorize=_authorize, process_before_response=True)
_app.event("app_mention")(ack=_ack, lazy=[_answer])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    answer: dict[str, Any] = SlackRequestHandler(_app).handle(event, context)  # type: ignore[no-untyped-call]
    return answer
