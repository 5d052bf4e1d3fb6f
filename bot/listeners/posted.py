"""A question that the bot has posted for a person is answered like one that they wrote.

Its event comes through the queue from `bot.conversation.post_question`, not from Slack, so Slack
has to send no event but that of the stop button.
"""

from typing import Any

from slack_bolt import App, BoltContext
from slack_sdk import WebClient

from bot.conversation.desk import HelpDesk
from bot.conversation.message import Message
from bot.listeners.requirements import READERS, REPLIES, Requirements
from bot.slack.ui.question_message import POSTED

REQUIREMENTS = Requirements(scopes=REPLIES | READERS, events=frozenset({"agent_session_stopped"}))


def register(app: App, desk: HelpDesk) -> None:
    @app.event(POSTED)
    def answer_posted_question(
        client: WebClient, context: BoltContext, event: dict[str, Any]
    ) -> None:
        desk.answer(client, Message.from_own_event(event, context["team_id"]), context["delivery"])
