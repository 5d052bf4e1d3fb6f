"""Someone opens the app's Home: what the bot can do, what it knows, and how to ask well."""

from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot import listeners
from bot.answering.quoting.suggestions import documents, suggestions
from bot.conversation.desk import HelpDesk
from bot.conversation.knowledge import KnowledgeSnapshot
from bot.listeners.requirements import GROUPS, Requirements
from bot.slack.ui import buttons, views

REQUIREMENTS = Requirements(
    scopes=GROUPS | {"users:read"}, events=frozenset({"app_home_opened"}), home=True
)

_EXAMPLES = 3


def register(app: App, desk: HelpDesk) -> None:
    @app.event("app_home_opened", matchers=[_shows_home])
    def publish_home(client: WebClient, event: dict[str, Any]) -> None:
        known = desk.shown_to(client, event["user"], event["channel"])
        view = _home(desk, known)
        there = event.get("view", {}).get("private_metadata")
        if view["private_metadata"] != there:
            client.views_publish(user_id=event["user"], view=view)


def _home(desk: HelpDesk, known: KnowledgeSnapshot) -> dict[str, Any]:
    ways = [
        surface.REQUIREMENTS.told for surface in listeners.SURFACES if surface.REQUIREMENTS.told
    ]
    return views.home(
        views.Home(
            name=desk.name,
            ways=[way.format(bot=f"<@{desk.bot_user_id}>") for way in ways],
            titles=documents(known.index),
            since=known.since,
            examples=[one.question for one in suggestions(known.index, _EXAMPLES)],
            below=buttons.forget_me(desk.name),
        )
    )


def _shows_home(event: dict[str, Any]) -> bool:
    return event.get("tab") == "home"
