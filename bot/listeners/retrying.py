"""Someone presses "Try again" below an apology: the question is answered once more."""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.conversation.desk import HelpDesk
from bot.listeners.requirements import READERS, REPLIES, Requirements
from bot.slack import interactions, response_url
from bot.slack.ui.blocks import TRY_AGAIN

REQUIREMENTS = Requirements(
    scopes=REPLIES | READERS | {"channels:history", "groups:history", "im:history"}
)

_QUESTION_GONE = "That question is no longer there, so there is nothing to answer. Ask it anew?"


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
        channel, _ = interactions.place_of(body)
        thread, pressed_at = body["message"]["thread_ts"], action["action_ts"]
        if refusal := desk.dependencies.access_policy.refusal(client, channel, body["user"]["id"]):
            return response_url.send(client, body["response_url"], refusal)
        question = interactions.question_of(desk.dependencies.table, context, body)
        if question and desk.try_again(client, question, thread, pressed_at, context["delivery"]):
            return None
        return response_url.send(client, body["response_url"], _QUESTION_GONE)
