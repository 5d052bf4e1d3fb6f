"""Someone presses "Try again" below an apology: the question is answered once more."""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot import whispers
from bot.blocks import TRY_AGAIN
from bot.desk import HelpDesk
from bot.listeners.needs import GROUPS, REPLIES, Needs

NEEDS = Needs(scopes=REPLIES | GROUPS | {"channels:history", "groups:history", "im:history"})

_GONE = "That question is no longer there, so there is nothing to answer. Ask it anew?"


def register(app: App, desk: HelpDesk) -> None:
    @app.action(TRY_AGAIN)
    def try_again(
        ack: Ack,
        client: WebClient,
        context: BoltContext,
        body: dict[str, Any],
        action: dict[str, Any],
    ) -> None:
        ack()
        question, pressed = action["value"], action["action_ts"]
        channel, thread = body["container"]["channel_id"], body["message"]["thread_ts"]
        refusal = desk.doorkeeper.refusal(client, channel, body["user"]["id"])
        if refusal:
            whispers.send(body["response_url"], refusal)
        elif not desk.try_again(client, question, thread, pressed, context["delivery"]):
            whispers.send(body["response_url"], _GONE)
