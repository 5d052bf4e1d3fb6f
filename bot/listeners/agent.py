"""Someone opens the agent's pane: it suggests what to ask, and follows what they look at.

`channels:read` gives the name and topic of public channels only. Those of private channels would
take `groups:read`, so there the pane shows the general suggestions.
"""

from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.conversation.desk import HelpDesk
from bot.listeners.requirements import GROUPS, Requirements
from bot.slack.prompts import Pane, suggest

REQUIREMENTS = Requirements(
    scopes=GROUPS | {"assistant:write", "channels:read", "users:read"},
    events=frozenset({"app_home_opened", "app_context_changed"}),
    agent=True,
    usage="*In the pane beside a channel*: it suggests questions that fit what you look at.",
)


def register(app: App, desk: HelpDesk) -> None:
    @app.event("app_home_opened", matchers=[_shows_messages])
    def suggest_at_first(client: WebClient, event: dict[str, Any]) -> None:
        _suggest(client, desk, Pane.from_event(event))

    @app.event("app_context_changed")
    def suggest_what_fits(client: WebClient, event: dict[str, Any]) -> None:
        _suggest(client, desk, Pane.from_event(event))


def _suggest(client: WebClient, desk: HelpDesk, pane: Pane) -> None:
    suggest(client, desk.knowledge_for(client, pane.user, pane.channel).index, pane)


def _shows_messages(event: dict[str, Any]) -> bool:
    return event.get("tab") == "messages"
