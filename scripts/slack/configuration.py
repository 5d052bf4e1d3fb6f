"""The configuration token with which Slack lets a command make and change an app.

It lasts 12 hours. The refresh token that comes with it is good for one exchange, so the pair is
kept in SSM, exchanged by one command at a time, and kept before it is used. See
docs/decisions/0020.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from slack_sdk import WebClient

from scripts.aws import store
from scripts.aws.account import Account
from scripts.slack.lock import held
from scripts.slack.slack_client import SlackRefused, ask_slack
from scripts.terminal.interruption import uninterrupted
from scripts.terminal.problem import Problem
from scripts.terminal.prompt import ask_for_secret
from scripts.terminal.steps import say, step

PAGE = "https://api.slack.com/apps"
PARAMETER = "slack-configuration"

_EARLY = 600
"""Seconds before its end from which on a token is renewed: no command takes as long."""

_OVER = {"token_expired", "token_revoked", "invalid_auth", "not_authed", "account_inactive"}
_USED_UP = {"invalid_refresh_token", *_OVER}


@dataclass(frozen=True, slots=True)
class Pair:
    """The two tokens; `expires_at` in epoch seconds."""

    token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float
    team_id: str

    @classmethod
    def from_slack(cls, told: Any) -> Self:
        return cls(told["token"], told["refresh_token"], float(told["exp"]), told["team_id"])

    @property
    def lasts(self) -> bool:
        return self.expires_at > time.time() + _EARLY


def with_token(account: Account, what: str, method: Callable[[WebClient], Any]) -> Any:
    """Call a method of Slack's with the environment's configuration token; `what` is shown.

    Asks the person for one where there is none. Raises `Problem`.
    """
    if given := os.environ.get("SLACK_CONFIG_TOKEN"):
        with step(what):
            return ask_slack(account.row, given, method)
    pair = _current(account)
    try:
        with step(what):
            return ask_slack(account.row, pair.token, method)
    except SlackRefused as refused:
        if refused.code not in _OVER:
            raise
    pair = _renewed(account, pair)
    with step(what):
        return ask_slack(account.row, pair.token, method)


def _current(account: Account) -> Pair:
    kept = _kept(account)
    return kept if kept and kept.lasts else _renewed(account, kept)


def _renewed(account: Account, over: Pair | None) -> Pair:
    """Exchange the pair that is over, unless another command has: then theirs is ours, too."""
    if over is not None:
        with _alone(account):
            if theirs := _another(account, over):
                return theirs
            try:
                return _exchange(account, (_kept(account) or over).refresh_token)
            except SlackRefused as refused:
                if refused.code not in _USED_UP:
                    raise
        say(
            f"The configuration token kept for {account.row.name} is used up: a command was"
            " interrupted while renewing it, or it was renewed elsewhere. The app is not affected."
        )
    refresh_token = _ask(account)
    with _alone(account):
        return _another(account, over) or _first(account, refresh_token)


def _another(account: Account, over: Pair | None) -> Pair | None:
    kept = _kept(account)
    return kept if kept and kept != over and kept.lasts else None


def _first(account: Account, refresh_token: str) -> Pair:
    try:
        return _exchange(account, refresh_token)
    except SlackRefused as refused:
        if refused.code not in _USED_UP:
            raise
        raise Problem(
            "Slack does not take that refresh token, for each is good once: generate a new pair"
            f" on {PAGE} and give me its refresh token."
        ) from None


def _alone(account: Account) -> Any:
    return held(account, f"{PARAMETER}-lock", "renewing the configuration token")


def _exchange(account: Account, refresh_token: str) -> Pair:
    """The new pair, kept already. Raises `SlackRefused` for a refresh token that was used."""
    with uninterrupted():  # between the exchange and the keeping lies the only pair
        told = ask_slack(
            account.row, "", lambda slack: slack.tooling_tokens_rotate(refresh_token=refresh_token)
        )
        return _keep(account, Pair.from_slack(told))


def _keep(account: Account, pair: Pair) -> Pair:
    if account.row.workspace not in ("", pair.team_id):
        raise Problem(
            f"That configuration token is of the workspace {pair.team_id}, and"
            f" {account.row.name} is in {account.row.workspace}: generate one for that workspace"
            f" on {PAGE}."
        )
    store.write(account, PARAMETER, json.dumps(asdict(pair)))
    return pair


def _kept(account: Account) -> Pair | None:
    """The pair in SSM; one of the workspace that the environment was in before is none."""
    kept = store.read(account, PARAMETER)
    pair = Pair(**json.loads(kept)) if kept else None
    return pair if pair and account.row.workspace in ("", pair.team_id) else None


def _ask(account: Account) -> str:
    given = os.environ.get("SLACK_CONFIG_REFRESH_TOKEN", "")
    if not given:
        say(
            f"To make or change the Slack app of {account.row.name}, Slack wants a configuration"
            f' token. On {PAGE}, below "Your App Configuration Tokens", generate one for your'
            " workspace and copy its refresh token (xoxe-1-…)."
        )
        given = ask_for_secret("Refresh token")
    if given.startswith("xoxe.xoxp-"):
        raise Problem("That is the access token: copy the refresh token beside it (xoxe-1-…).")
    if not given:
        raise Problem(f"Without a configuration token nothing was done: get one on {PAGE}.")
    return given
