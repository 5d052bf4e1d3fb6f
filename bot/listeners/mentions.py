"""Someone mentions the bot in a channel: it answers in the message's thread."""

from typing import Any

from slack_bolt import App, BoltContext
from slack_sdk import WebClient

from bot.conversation.desk import HelpDesk
from bot.conversation.message import Message
from bot.listeners.requirements import FILES, READERS, REPLIES, Requirements

REQUIREMENTS = Requirements(
    scopes=REPLIES | READERS | FILES | {"app_mentions:read", "channels:history", "groups:history"},
    events=frozenset({"app_mention", "agent_session_stopped"}),
    usage="*In a channel*: mention {bot}, and it answers in the thread of your message.",
)


def register(app: App, desk: HelpDesk) -> None:
    @app.event("app_mention")
    def answer_mention(client: WebClient, context: BoltContext, body: dict[str, Any]) -> None:
        desk.answer(client, Message.from_body(body, context["team_id"]), context["delivery"])
