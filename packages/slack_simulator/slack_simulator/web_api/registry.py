"""A Web API method: a function of the workspace and the call's arguments, and who may call it."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.workspace.people import BOT_USER, Channel
from slack_simulator.workspace.slack import Slack

# A scope that depends on the kind of channel begins with "*": "*:history" is channels:history in a
# channel and im:history in direct messages.
HISTORY = "*:history"
READ = "*:read"


class Args:
    """A call's arguments, whether they came as JSON or as a form."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def need(self, name: str) -> str:
        """A required argument. Raises SlackError `invalid_arguments`."""
        value = self.values.get(name)
        if value is None or value == "":
            raise SlackError("invalid_arguments", f"missing required field: {name}")
        return str(value)

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        return self.values.get(name) in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.values.get(name) or default)
        except (TypeError, ValueError):
            raise SlackError("invalid_arguments", f"{name} must be a number") from None

    def json(self, name: str) -> Any:
        """An argument with an inside; in a form it is JSON in a string."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(
                f"invalid_{name}_format" if name == "blocks" else "invalid_json"
            ) from None

    def blocks(self, name: str = "blocks") -> list[Json] | None:
        """None where they were not given: an empty list takes a message's blocks away."""
        return None if self.values.get(name) is None else (self.json(name) or [])


@dataclass(frozen=True, slots=True)
class Method:
    """`scopes` all have to be the token's. `caller` says whose token it has to be."""

    run: Callable[[Slack, Args], Json | Awaitable[Json]]
    scopes: tuple[str, ...] = ()
    caller: Literal["bot", "app", "configuration", "anyone"] = "bot"

    def missing(self, slack: Slack, args: Args) -> str:
        """The scope that the token lacks for this call, or nothing."""
        for scope in self.scopes:
            needed = _for_channel(scope, slack, args)
            if not needed & slack.scopes:
                return ",".join(sorted(needed))
        return ""


def _for_channel(scope: str, slack: Slack, args: Args) -> set[str]:
    if not scope.startswith("*:"):
        return {scope}
    kind = scope.removeprefix("*:")
    channel = slack.workspace.channel(args.text("channel"))
    if channel is None:
        return {f"{family}:{kind}" for family in ("channels", "groups", "im", "mpim")}
    return {f"im:{kind}" if channel.direct else f"channels:{kind}"}


def find_channel(slack: Slack, name: str, posting: bool = False) -> Channel:
    """The channel of an id, a #name or (to post) a person's id. Raises SlackError."""
    channel = slack.workspace.channel(name)
    if channel is None and posting and name in slack.workspace.people:
        channel = slack.workspace.direct(slack.workspace.people[name])
    if channel is None:
        raise SlackError("channel_not_found")
    if posting and BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    if posting and channel.direct and slack.manifest.tab_is_off("messages"):
        raise SlackError("messages_tab_disabled")
    return channel
