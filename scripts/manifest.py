"""The Slack app's manifest: the sum of what the registered surfaces need."""

from collections.abc import Callable, Iterable
from itertools import chain
from types import ModuleType
from typing import Any, TypeVar

from bot.answering.catalogue import suggestions
from bot.answering.retrieval import Index
from bot.listeners import SURFACES
from bot.listeners.needs import Needs
from infra.environments import NAME
from scripts import knowledge

T = TypeVar("T")

_DESCRIPTION = f"{NAME} answers questions from your company's documents, with sources."
_PROMPTS = 4


def manifest(request_url: str, surfaces: Iterable[ModuleType] = SURFACES) -> dict[str, Any]:
    """Render the manifest in Slack's format (major version 1). Each environment has its own app."""
    needs: list[Needs] = [surface.NEEDS for surface in surfaces]
    return {
        "display_information": {"name": NAME, "description": _DESCRIPTION},
        "features": _features(needs, request_url),
        "oauth_config": {"scopes": {"bot": sorted(set(_all(needs, lambda need: need.scopes)))}},
        "settings": {
            "event_subscriptions": {
                "request_url": request_url,
                "bot_events": sorted(set(_all(needs, lambda need: need.events))),
            },
            "interactivity": {"is_enabled": True, "request_url": request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }


def _features(needs: list[Needs], request_url: str) -> dict[str, Any]:
    home = any(need.home for need in needs)
    return {
        "app_home": {"home_tab_enabled": home, "messages_tab_enabled": True},
        "bot_user": {"display_name": NAME, "always_online": True},
        **({"agent_view": _agent()} if any(need.agent for need in needs) else {}),
        "slash_commands": [
            {
                "command": one.command,
                "description": one.description,
                "usage_hint": one.hint,
                "url": request_url,
                "should_escape": False,
            }
            for one in _all(needs, lambda need: need.commands)
        ],
        "shortcuts": [
            {
                "callback_id": one.callback_id,
                "name": one.name,
                "description": one.description,
                "type": one.kind,
            }
            for one in _all(needs, lambda need: need.shortcuts)
        ],
    }


def _agent() -> dict[str, Any]:
    """The agent's pane, and what it suggests until the bot has seen who opened it."""
    found = suggestions(Index.from_json(knowledge.build()), _PROMPTS)
    prompts = [{"title": one.title, "message": one.question} for one in found]
    return {"agent_description": _DESCRIPTION, "suggested_prompts": prompts}


def _all(needs: list[Needs], part: Callable[[Needs], Iterable[T]]) -> list[T]:
    return list(chain.from_iterable(map(part, needs)))
