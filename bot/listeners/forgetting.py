"""Someone wants deleted what is kept of them: it is, and they are told how much it was."""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.desk import HelpDesk
from bot.listeners.needs import Needs
from bot.state.forgetting import Forgotten, forget_person

NEEDS = Needs(scopes=frozenset({"chat:write"}))


def register(app: App, desk: HelpDesk) -> None:
    @app.action("forget_me")
    def forget_me(ack: Ack, client: WebClient, context: BoltContext, body: dict[str, Any]) -> None:
        ack()
        user = body["user"]["id"]
        gone = forget_person(desk.table, f"{context['team_id']}:{user}")
        # To their direct messages: App Home has no room for an ephemeral message.
        client.chat_postMessage(channel=user, text=_told(gone))


def _told(gone: Forgotten) -> str:
    if not gone.questions and not gone.ratings:
        return "There was nothing of yours to delete."
    questions, ratings = _counted(gone.questions, "question"), _counted(gone.ratings, "rating")
    return f"Deleted: {questions} with what was answered, and {ratings}. Nothing of it is left."


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")
