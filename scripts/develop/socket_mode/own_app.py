"""The Slack app of `./stackbot socket`.

Socket Mode is a setting of a whole app, so the command needs one beside those of the environments.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

from infra.environments import LOCAL, NAME, Environment
from scripts.slack.installation import Installation, identify
from scripts.slack.manifest import manifest as manifest_at
from scripts.slack.manifest import scopes_of
from scripts.slack.slack_client import SlackRefused, ask_slack
from scripts.terminal.problem import Problem
from scripts.terminal.prompt import ask_for_secret

T = TypeVar("T")

APPS = "https://api.slack.com/apps"
_SUFFIX = " (socket)"
BOT = NAME[: 35 - len(_SUFFIX)].rstrip() + _SUFFIX
"""The bot's name, within the 35 characters of a manifest's `display_information.name`:
https://docs.slack.dev/reference/app-manifest"""

_MANIFEST = "./stackbot socket --manifest"
_OF_THE_APP = (
    "an app-level token with the scope connections:write, from the app's settings under Basic"
    " Information, App-Level Tokens"
)
_OF_THE_BOT = (
    "the Bot User OAuth Token, from the app's settings under OAuth & Permissions once the app is"
    " installed"
)


def manifest(row: Environment = LOCAL) -> dict[str, Any]:
    """The app's manifest: all that the bot needs, and no URL."""
    document = manifest_at("https://example.com", name=BOT, more_scopes=scopes_of(row))
    for command in document["features"].get("slash_commands", []):
        del command["url"]
    for receiver in ("event_subscriptions", "interactivity"):
        del document["settings"][receiver]["request_url"]
    document["settings"]["socket_mode_enabled"] = True
    return document


@dataclass(frozen=True, slots=True)
class Tokens:
    """The app-level token, which opens the connection, and the bot's."""

    app: str = field(repr=False)
    bot: str = field(repr=False)

    @classmethod
    def of_shell(cls, shell: Mapping[str, str]) -> Self:
        """From SLACK_APP_TOKEN and SLACK_BOT_TOKEN, or asked for. Raises `Problem`."""
        return cls(
            app=_token(shell, "SLACK_APP_TOKEN", "xapp-", _OF_THE_APP),
            bot=_token(shell, "SLACK_BOT_TOKEN", "xoxb-", _OF_THE_BOT),
        )

    def check(self, row: Environment) -> Installation:
        """Ask Slack for their app. Raises `Problem` unless both are valid and of the same app."""
        bot = _valid(lambda: identify(row, self.bot), "SLACK_BOT_TOKEN", _OF_THE_BOT)
        if bot.missing:
            raise Problem(
                f"The app lacks {', '.join(bot.missing)}: replace its manifest by what {_MANIFEST}"
                " prints, and install it again."
            )
        opened = _valid(lambda: self._open(row), "SLACK_APP_TOKEN", _OF_THE_APP)
        (app_id,) = parse_qs(urlsplit(opened["url"]).query).get("app_id", [""])
        if app_id != bot.app_id:
            raise Problem(
                "SLACK_APP_TOKEN and SLACK_BOT_TOKEN are of two different apps: take both from the"
                f" settings of one, such as {APPS}/{bot.app_id}."
            )
        return bot

    def _open(self, row: Environment) -> Any:
        return ask_slack(row, "", lambda slack: slack.apps_connections_open(app_token=self.app))


def _token(shell: Mapping[str, str], name: str, prefix: str, hint: str) -> str:
    token = shell.get(name, "").strip() or ask_for_secret(f"{name}, {hint}")
    if not token:
        raise Problem(
            f"{name} is missing: set it to {hint}. If there is no such app yet, {_MANIFEST} prints"
            " what to make it from."
        )
    if not token.startswith(prefix):
        raise Problem(f"{name} has to start with {prefix}: set it to {hint}.")
    return token


def _valid(call: Callable[[], T], name: str, hint: str) -> T:
    try:
        return call()
    except SlackRefused as refused:
        raise Problem(f"Slack refuses {name} ({refused.code}): set it to {hint}.") from None
