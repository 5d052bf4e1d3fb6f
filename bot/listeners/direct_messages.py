"""Someone writes to the bot directly: it answers in the message's thread."""

from typing import Any

from slack_bolt import App, BoltContext
from slack_sdk import WebClient

from bot.conversation.desk import HelpDesk
from bot.conversation.message import Message
from bot.listeners.requirements import FILES, GROUPS, REPLIES, Requirements

REQUIREMENTS = Requirements(
    scopes=REPLIES | FILES | GROUPS | {"im:history"},
    events=frozenset({"message.im", "agent_session_stopped"}),
    usage="*In a direct message*: just write. Each message starts a thread of its own."
    " Files you drop in are read, too: text, PDF and, where the model sees, pictures.",
)


def register(app: App, desk: HelpDesk) -> None:
    @app.event("message", matchers=[_is_direct])
    def answer_direct_message(
        client: WebClient, context: BoltContext, body: dict[str, Any]
    ) -> None:
        desk.answer(client, Message.from_body(body, context["team_id"]), context["delivery"])


def _is_direct(event: dict[str, Any]) -> bool:
    return event.get("channel_type") == "im"
