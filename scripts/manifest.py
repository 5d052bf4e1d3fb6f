"""The Slack app's manifest: the sum of what the registered surfaces need."""

from typing import Any

from bot.listeners import SURFACES
from infra.environments import NAME

_DESCRIPTION = f"{NAME} answers questions from your company's documents, with sources."


def manifest(request_url: str) -> dict[str, Any]:
    """Render the manifest in Slack's format (major version 1). Each environment has its own app."""
    needs = [surface.NEEDS for surface in SURFACES]
    return {
        "display_information": {"name": NAME, "description": _DESCRIPTION},
        "features": {
            "app_home": {"home_tab_enabled": False, "messages_tab_enabled": True},
            "bot_user": {"display_name": NAME, "always_online": True},
            "agent_view": {"agent_description": _DESCRIPTION},
        },
        "oauth_config": {
            "scopes": {"bot": sorted(frozenset().union(*(need.scopes for need in needs)))}
        },
        "settings": {
            "event_subscriptions": {
                "request_url": request_url,
                "bot_events": sorted(frozenset().union(*(need.events for need in needs))),
            },
            "interactivity": {"is_enabled": True, "request_url": request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }
