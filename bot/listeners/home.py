"""Someone opens the app's Home: what the bot can do, what it knows, and how to ask well."""

from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot import listeners
from bot.answering.quoting.suggestions import documents, suggestions
from bot.conversation.desk import Dependencies, HelpDesk
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
        knowledge = desk.knowledge_for(client, event["user"], event["channel"])
        view = _home(desk.dependencies, knowledge)
        published = event.get("view", {}).get("private_metadata")
        if view["private_metadata"] != published:
            client.views_publish(user_id=event["user"], view=view)


def _home(dependencies: Dependencies, knowledge: KnowledgeSnapshot) -> dict[str, Any]:
    usages = [surface.REQUIREMENTS.usage for surface in listeners.SURFACES]
    bot = f"<@{dependencies.bot_user_id}>"
    return views.home(
        views.Home(
            name=dependencies.name,
            ways=[usage.format(bot=bot) for usage in usages if usage],
            titles=documents(knowledge.index),
            since=knowledge.since,
            examples=[example.question for example in suggestions(knowledge.index, _EXAMPLES)],
            below=buttons.forget_me(dependencies.name),
        )
    )


def _shows_home(event: dict[str, Any]) -> bool:
    return event.get("tab") == "home"
