"""The Slack app's manifest: the sum of what the registered surfaces need."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from types import ModuleType
from typing import Any, TypeVar

from bot.answering.quoting.suggestions import suggestions
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.permissions import NO_PERMISSIONS
from bot.listeners import SURFACES
from bot.listeners.requirements import Requirements
from infra.environments import NAME, Environment
from scripts.documents import knowledge

T = TypeVar("T")

_DESCRIPTION = f"{NAME} answers questions from your company's documents, with sources."
# https://docs.slack.dev/reference/app-manifest: at most so many prompts, and characters of a name
_PROMPTS = 4
_NAME = 35


def bot_name(row: Environment) -> str:
    """The bot's name in the workspace of an environment, in Slack's 35 characters."""
    suffix = f" ({row.name})" if row.told_apart else ""
    return NAME[: _NAME - len(suffix)].rstrip() + suffix


def scopes(surfaces: Iterable[ModuleType] = SURFACES) -> list[str]:
    """The OAuth scopes that the surfaces need."""
    return sorted(
        set(_collect([surface.REQUIREMENTS for surface in surfaces], lambda need: need.scopes))
    )


def scopes_of(row: Environment) -> list[str]:
    """The scopes that a row needs beyond those: to see who is in a group direct message."""
    return ["mpim:read"] if row.guests_read_along else []


def manifest(
    request_url: str,
    surfaces: Sequence[ModuleType] = SURFACES,
    name: str = NAME,
    more_scopes: Iterable[str] = (),
) -> dict[str, Any]:
    """Render the manifest in Slack's format (major version 1). Each environment has its own app.

    Without a URL, what needs one is left out: an app is made before it can be reached.
    """
    needs: list[Requirements] = [surface.REQUIREMENTS for surface in surfaces]
    return {
        "display_information": {"name": name, "description": _DESCRIPTION},
        "features": _features(needs, request_url, name),
        "oauth_config": {"scopes": {"bot": sorted({*scopes(surfaces), *more_scopes})}},
        "settings": {
            **(_subscriptions(needs, request_url) if request_url else {}),
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }


def _subscriptions(needs: list[Requirements], request_url: str) -> dict[str, Any]:
    return {
        "event_subscriptions": {
            "request_url": request_url,
            "bot_events": sorted(set(_collect(needs, lambda need: need.events))),
        },
        "interactivity": {"is_enabled": True, "request_url": request_url},
    }


def _features(needs: list[Requirements], request_url: str, name: str) -> dict[str, Any]:
    home = any(need.home for need in needs)
    offered = _offered(needs, request_url) if request_url else {}
    return {
        "app_home": {"home_tab_enabled": home, "messages_tab_enabled": True},
        "bot_user": {"display_name": name, "always_online": True},
        **({"agent_view": _agent()} if any(need.agent for need in needs) else {}),
        **{key: entries for key, entries in offered.items() if entries},  # Slack takes no empty one
    }


def _offered(needs: list[Requirements], request_url: str) -> dict[str, list[dict[str, Any]]]:
    return {
        "slash_commands": [
            {
                "command": command.command,
                "description": command.description,
                "usage_hint": command.hint,
                "url": request_url,
                "should_escape": False,
            }
            for command in _collect(needs, lambda need: need.commands)
        ],
        "shortcuts": [
            {
                "callback_id": shortcut.callback_id,
                "name": shortcut.name,
                "description": shortcut.description,
                "type": shortcut.kind,
            }
            for shortcut in _collect(needs, lambda need: need.shortcuts)
        ],
    }


def _agent() -> dict[str, Any]:
    """The agent view, with the prompts shown before the bot sets a person's own."""
    proposals = suggestions(Index.of(knowledge.passages()).visible_to(NO_PERMISSIONS), _PROMPTS)
    prompts = [{"title": proposal.title, "message": proposal.question} for proposal in proposals]
    return {"agent_description": _DESCRIPTION, "suggested_prompts": prompts}


def _collect(needs: list[Requirements], part: Callable[[Requirements], Iterable[T]]) -> list[T]:
    return list(chain.from_iterable(map(part, needs)))
