"""The app manifest's settings that change what the simulator does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from slack_simulator.shapes import Json

SAMPLE: Json = {
    "display_information": {"name": "Sample"},
    "features": {
        "bot_user": {"display_name": "Sample", "always_online": True},
        "agent_view": {"agent_description": "Answers from your documents."},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/ask", "description": "Ask a question"}],
        "shortcuts": [
            {"name": "Ask about this", "type": "message", "callback_id": "ask_about"},
            {"name": "Ask", "type": "global", "callback_id": "ask"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "assistant:write",
                "channels:history",
                "channels:read",
                "chat:write",
                "commands",
                "files:read",
                "groups:history",
                "im:history",
                "im:read",
                "im:write",
                "reactions:write",
                "team:read",
                "usergroups:read",
                "users:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "agent_session_stopped",
                "app_context_changed",
                "app_home_opened",
                "app_mention",
                "message.im",
            ]
        },
        "interactivity": {"is_enabled": True},
    },
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of an app manifest that decide what Slack does."""

    name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[str, ...]
    shortcuts: Mapping[str, str]
    interactive: bool
    agent: bool
    request_url: str | None
    socket_mode: bool
    raw: Json

    @classmethod
    def from_json(cls, manifest: Json) -> Self:
        features = manifest.get("features", {})
        settings = manifest.get("settings", {})
        subscriptions = settings.get("event_subscriptions", {})
        return cls(
            name=_name(manifest),
            scopes=frozenset(_path(manifest, "oauth_config", "scopes").get("bot", [])),
            events=frozenset(subscriptions.get("bot_events", [])),
            commands=tuple(c["command"] for c in features.get("slash_commands", [])),
            shortcuts={s["callback_id"]: s["type"] for s in features.get("shortcuts", [])},
            interactive=bool(settings.get("interactivity", {}).get("is_enabled", False)),
            agent="agent_view" in features,
            request_url=subscriptions.get("request_url"),
            socket_mode=bool(settings.get("socket_mode_enabled", False)),
            raw=manifest,
        )

    def tab_is_off(self, tab: str) -> bool:
        """Whether App Home's "home" or "messages" tab is switched off in so many words."""
        return _path(self.raw, "features", "app_home").get(f"{tab}_tab_enabled") is False


def _name(manifest: Json) -> str:
    name = _path(manifest, "display_information").get("name")
    if not isinstance(name, str) or not name:
        raise ValueError("the manifest has no display_information.name: say what the bot is called")
    return name


def _path(value: Any, *keys: str) -> Json:
    for key in keys:
        value = value.get(key) or {}
    return dict(value)


NOTHING = Manifest.from_json({"display_information": {"name": "No app yet"}})
"""That of a workspace without an app."""
