"""Someone presses "Try again" below an apology: the question is answered once more."""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.blocks import TRY_AGAIN
from bot.desk import HelpDesk
from bot.listeners.needs import REPLIES, Needs

NEEDS = Needs(scopes=REPLIES | {"channels:history", "groups:history", "im:history"})


def register(app: App, desk: HelpDesk) -> None:
    @app.action(TRY_AGAIN)
    def try_again(ack: Ack, client: WebClient, context: BoltContext, body: dict[str, Any]) -> None:
        ack()
        team, channel, ts = body["actions"][0]["value"].split(":")
        thread = body["message"]["thread_ts"]
        desk.try_again(client, channel, ts, thread, team, context["delivery"])
