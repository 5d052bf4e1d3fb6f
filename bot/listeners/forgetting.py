"""Someone has deleted what the bot has saved of them, and reads how much that was."""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.conversation.desk import HelpDesk
from bot.conversation.erasure import Erased, erase_person
from bot.listeners.requirements import Requirements
from bot.slack import interactions

REQUIREMENTS = Requirements(scopes=frozenset({"chat:write"}))

_NOTHING = (
    "Nothing of it is left but the messages in Slack; backups, where there are any, end within 35"
    " days."
)
_BEHIND = (
    "Failed questions of yours may still wait behind those of others: nobody will answer or read"
    " them, and they end within 14 days."
)


def register(app: App, desk: HelpDesk) -> None:
    @app.action("forget_me")
    def forget_me(ack: Ack, client: WebClient, context: BoltContext, body: dict[str, Any]) -> None:
        ack()
        user = body["user"]["id"]
        erased = erase_person(
            desk.dependencies.table, desk.dependencies.dead_letters, interactions.person_of(context)
        )
        # To their direct messages: App Home has no room for an ephemeral message.
        client.chat_postMessage(channel=user, text=_report(erased))


def _report(erased: Erased) -> str:
    saved, unanswered = erased.saved, erased.unanswered
    if not (saved.questions or saved.ratings or unanswered or erased.behind):
        return "There was nothing of yours to delete."
    questions, ratings = _count(saved.questions, "question"), _count(saved.ratings, "rating")
    failed = f", and {_count(unanswered, 'question')} that had failed" if unanswered else ""
    remainder = _BEHIND if erased.behind else _NOTHING
    return f"Deleted: {questions} with what was answered, and {ratings}{failed}. {remainder}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")
