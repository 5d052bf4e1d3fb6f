"""The configuration token with which Slack lets a command make and change an app.

It lasts 12 hours. Its refresh token can be exchanged once, so the pair is stored in SSM, exchanged
by one command at a time, and stored before it is used. See docs/decisions/0020.
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
from scripts.slack.lock import lock
from scripts.slack.slack_client import SlackRefused, ask_slack
from scripts.terminal.interruption import uninterrupted
from scripts.terminal.problem import Problem
from scripts.terminal.prompt import ask_for_secret
from scripts.terminal.steps import say, step

PAGE = "https://api.slack.com/apps"
PARAMETER = "slack-configuration"

_EARLY = 600
"""A token is renewed this many seconds before it expires: no command takes as long."""

_EXPIRED = {"token_expired", "token_revoked", "invalid_auth", "not_authed", "account_inactive"}
_USED_UP = {"invalid_refresh_token", *_EXPIRED}


@dataclass(frozen=True, slots=True)
class Pair:
    """The two tokens; `expires_at` in epoch seconds."""

    token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float
    team_id: str

    @classmethod
    def from_slack(cls, response: Any) -> Self:
        token, refresh_token = response["token"], response["refresh_token"]
        return cls(token, refresh_token, float(response["exp"]), response["team_id"])

    @property
    def lasts(self) -> bool:
        return self.expires_at > time.time() + _EARLY


def with_token(account: Account, title: str, method: Callable[[WebClient], Any]) -> Any:
    """Call a method of Slack's with the environment's configuration token; `title` is shown.

    Asks the person for a refresh token where none is stored. Raises `Problem`.
    """
    if token := os.environ.get("SLACK_CONFIG_TOKEN"):
        with step(title):
            return ask_slack(account.row, token, method)
    pair = _current(account)
    try:
        with step(title):
            return ask_slack(account.row, pair.token, method)
    except SlackRefused as refused:
        if refused.code not in _EXPIRED:
            raise
    pair = _renewed(account, pair)
    with step(title):
        return ask_slack(account.row, pair.token, method)


def _current(account: Account) -> Pair:
    stored = _stored(account)
    return stored if stored and stored.lasts else _renewed(account, stored)


def _renewed(account: Account, expired: Pair | None) -> Pair:
    """Exchange a pair that has expired, unless another command has stored a new one by now."""
    if expired is not None:
        with _alone(account):
            if renewed := _pair_of_another_command(account, expired):
                return renewed
            try:
                return _exchange(account, (_stored(account) or expired).refresh_token)
            except SlackRefused as refused:
                if refused.code not in _USED_UP:
                    raise
        say(
            f"The configuration token kept for {account.row.name} is used up: a command was"
            " interrupted while renewing it, or it was renewed elsewhere. The app is not affected."
        )
    refresh_token = _ask(account)
    with _alone(account):
        return _pair_of_another_command(account, expired) or _first(account, refresh_token)


def _pair_of_another_command(account: Account, expired: Pair | None) -> Pair | None:
    stored = _stored(account)
    return stored if stored and stored != expired and stored.lasts else None


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
    return lock(account, f"{PARAMETER}-lock", "renewing the configuration token")


def _exchange(account: Account, refresh_token: str) -> Pair:
    """The new pair, stored. Raises `SlackRefused` for a refresh token that was used before."""
    with uninterrupted():  # until it is stored, the new pair is in memory alone
        response = ask_slack(
            account.row, "", lambda slack: slack.tooling_tokens_rotate(refresh_token=refresh_token)
        )
        return _keep(account, Pair.from_slack(response))


def _keep(account: Account, pair: Pair) -> Pair:
    if account.row.workspace not in ("", pair.team_id):
        raise Problem(
            f"That configuration token is of the workspace {pair.team_id}, and"
            f" {account.row.name} is in {account.row.workspace}: generate one for that workspace"
            f" on {PAGE}."
        )
    store.write(account, PARAMETER, json.dumps(asdict(pair)))
    return pair


def _stored(account: Account) -> Pair | None:
    """The pair in SSM, unless it is of a workspace that the environment has left."""
    value = store.read(account, PARAMETER)
    pair = Pair(**json.loads(value)) if value else None
    return pair if pair and account.row.workspace in ("", pair.team_id) else None


def _ask(account: Account) -> str:
    token = os.environ.get("SLACK_CONFIG_REFRESH_TOKEN", "")
    if not token:
        say(
            f"To make or change the Slack app of {account.row.name}, Slack wants a configuration"
            f' token. On {PAGE}, below "Your App Configuration Tokens", generate one for your'
            " workspace and copy its refresh token (xoxe-1-…)."
        )
        token = ask_for_secret("Refresh token")
    if token.startswith("xoxe.xoxp-"):
        raise Problem("That is the access token: copy the refresh token beside it (xoxe-1-…).")
    if not token:
        raise Problem(f"Without a configuration token nothing was done: get one on {PAGE}.")
    return token
