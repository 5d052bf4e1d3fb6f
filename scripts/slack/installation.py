"""The bot's token: which workspace and app it is of, and whether it has the code's scopes."""

import json
from dataclasses import dataclass, field
from typing import Any

from infra.environments import Environment
from scripts.aws import store
from scripts.aws.account import Account
from scripts.slack.manifest import scopes, scopes_of
from scripts.slack.slack_client import SlackRefused, ask_slack
from scripts.terminal.problem import Problem

PARAMETER = "slack"
_PREFIX = "xoxb-"


@dataclass(frozen=True, slots=True)
class Installation:
    """What Slack says of a bot's token."""

    bot_token: str = field(repr=False)
    bot_id: str
    bot_user_id: str
    team_id: str
    app_id: str
    enterprise_id: str
    scopes: frozenset[str]
    needed: frozenset[str]

    @property
    def missing(self) -> list[str]:
        """The scopes that the code needs for the environment's row, and the token lacks."""
        return sorted(self.needed - self.scopes)

    @property
    def parameter(self) -> str:
        """As the worker reads it from SSM, without empty values."""
        names = ("bot_token", "bot_id", "bot_user_id", "team_id", "app_id", "enterprise_id")
        values = {name: getattr(self, name) for name in names}
        return json.dumps({name: value for name, value in values.items() if value})


def identify(row: Environment, token: str) -> Installation:
    """Ask Slack whose token it is. Raises `SlackRefused` for one that was revoked."""
    identity = ask_slack(row, token, lambda slack: slack.auth_test())
    granted = frozenset(filter(None, _header(identity, "x-oauth-scopes").split(",")))
    app_id = ""
    if "users:read" in granted:
        bot = ask_slack(row, token, lambda slack: slack.bots_info(bot=identity["bot_id"]))
        app_id = bot["bot"].get("app_id", "")
    # https://docs.slack.dev/reference/methods/auth.test: only Enterprise organisations have one.
    enterprise_id = identity.get("enterprise_id") or ""
    needed = frozenset((*scopes(), *scopes_of(row)))
    return Installation(
        token,
        identity["bot_id"],
        identity["user_id"],
        identity["team_id"],
        app_id,
        enterprise_id,
        scopes=granted,
        needed=needed,
    )


def stored(account: Account) -> str:
    """The bot's token in SSM, or ""."""
    value = store.read(account, PARAMETER)
    return str(json.loads(value).get("bot_token", "")) if value else ""


def lacking(account: Account, row: Environment, app_id: str) -> str:
    """Why a person has to install the app, in a few words, or "". `app_id` "" is any."""
    token = stored(account)
    if not token:
        return "it is not installed yet"
    try:
        there = identify(row, token)
    except SlackRefused as refused:
        return f"Slack no longer takes its token ({refused.code})"
    if app_id and there.app_id not in ("", app_id):
        return f"the token that is kept is of another app, {there.app_id}"
    return f"its token lacks {', '.join(there.missing)}" if there.missing else ""


def take(account: Account, row: Environment, token: str, app_id: str = "") -> Installation:
    """Check a bot's token, or with "" the stored one, and store it. Raises `Problem`."""
    token = token.strip() or stored(account)
    if not token.startswith(_PREFIX):
        raise Problem(
            f"That is no bot token: it begins with {_PREFIX}, on the app's page under"
            " OAuth & Permissions."
        )
    bot = identify(row, token)
    _check_place(row, bot, app_id)
    if bot.missing:
        raise Problem(
            f"The token lacks {', '.join(bot.missing)}: install the app again, which grants"
            " it what its manifest asks for now."
        )
    store.write(account, PARAMETER, bot.parameter)
    return bot


def _check_place(row: Environment, bot: Installation, app_id: str) -> None:
    if row.workspace not in ("", bot.team_id):
        raise Problem(
            f"That bot is in the workspace {bot.team_id}, and {row.name} is in"
            f" {row.workspace}: take the token of {row.name}'s app."
        )
    if app_id and bot.app_id not in ("", app_id):
        raise Problem(
            f"That is the token of the app {bot.app_id}, and {row.name}'s is {app_id}: take"
            " the token from that one's page."
        )


def _header(response: Any, name: str) -> str:
    """A header of Slack's answer, whichever case it came in."""
    return next((str(v) for k, v in response.headers.items() if k.lower() == name), "")
