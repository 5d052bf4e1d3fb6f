"""`./stackbot secrets set|check`: what an environment keeps in SSM, stored and tried, not shown."""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

from infra.environments import Environment
from scripts.aws import deployment, store
from scripts.aws.account import Account
from scripts.local.models import KeyRefused, Model, ModelError
from scripts.slack import configuration, installation, slack_app
from scripts.terminal.json_output import JsonOutput
from scripts.terminal.problem import Problem
from scripts.terminal.prompt import ask_for_secret
from scripts.terminal.steps import say, step


@dataclass(frozen=True, slots=True)
class Secret:
    """One of them: its name, the shell's variable it may come from, and where a person finds it."""

    name: str
    variable: str
    where: str
    keep: Callable[[Account, str], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a secret is good. `why` never holds any of it."""

    name: str
    state: Literal["good", "missing", "refused", "not needed", "not known"]
    why: str = ""


def run(options: argparse.Namespace) -> int:
    with deployment.account(options.environment) as account:
        slack_app.check_where(account.row)
        if options.action == "check":
            return _check(account, options.json)
        stored = keep(account, options.name)
        if options.json:
            options.json.print({"stored": stored})
        return 0


def findings(account: Account) -> list[Finding]:
    """Look at each secret, and try those that somebody can be asked about."""
    return [_signing_secret(account), _bot_token(account), _key(account), _configuration(account)]


def keep(account: Account, name: str | None = None) -> list[str]:
    """Store one secret, or each that the shell or the person gives; returns the names.

    Raises `Problem`.
    """
    chosen = [one for one in SECRETS if name in (None, one.name)]
    values = [(one, _given(one, alone=name is not None)) for one in chosen]
    if not any(value for _, value in values):
        names = ", ".join(one.variable for one in chosen)
        raise Problem(f"Nothing was stored: type it, pipe it in, or set {names}.")
    for one, value in values:
        if value:
            with step(f"{one.name} of {account.row.name}"):
                one.keep(account, value)
    return [one.name for one, value in values if value]


def _given(one: Secret, *, alone: bool) -> str:
    """The secret from the shell, from a pipe if it is the only one, or as somebody types it."""
    if value := os.environ.get(one.variable, "").strip():
        return value
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip() if alone else ""
    say(f"{one.name}: {one.where}")
    return ask_for_secret("It stays unseen; Enter leaves what is there")


def _keep_signing_secret(account: Account, value: str) -> None:
    if " " in value or value.startswith("xox"):
        raise Problem("That is no signing secret: it is one word of letters and digits.")
    store.write(account, "signing-secret", value)


def _keep_bot_token(account: Account, value: str) -> None:
    app = slack_app.recorded(account)
    installation.take(account, account.row, value, app.app_id if app else "")


def _keep_key(account: Account, value: str) -> None:
    if refused := _refusal(account.row, value):
        raise Problem(refused)
    store.write(account, "openai-api-key", value)


SECRETS = (
    Secret(
        "signing-secret",
        "SLACK_SIGNING_SECRET",
        "on the app's page, Basic Information, App Credentials",
        _keep_signing_secret,
    ),
    Secret(
        "bot-token",
        "SLACK_BOT_TOKEN",
        "on the app's page, OAuth & Permissions, once it is installed (xoxb-…)",
        _keep_bot_token,
    ),
    Secret(
        "openai-api-key",
        "OPENAI_API_KEY",
        "from the model's provider, such as https://platform.openai.com/api-keys",
        _keep_key,
    ),
)


def _check(account: Account, output: JsonOutput | None) -> int:
    with step(f"secrets of {account.row.name}"):
        found = findings(account)
    if output:
        output.print({"secrets": [asdict(one) for one in found]})
    else:
        for one in found:
            print(f"{one.name:<20}{one.state:<12}{one.why}".rstrip())
    return 0 if all(one.state in ("good", "not needed") for one in found) else 1


def _signing_secret(account: Account) -> Finding:
    kept = store.read(account, "signing-secret")
    return Finding("signing-secret", "good") if kept else _missing(account, "signing-secret")


def _bot_token(account: Account) -> Finding:
    if not installation.stored(account):
        return _missing(account, "bot-token")
    app = slack_app.recorded(account)
    try:
        why = installation.lacking(account, account.row, app.app_id if app else "")
    except Problem as problem:
        return Finding("bot-token", "not known", str(problem))
    return Finding("bot-token", "refused" if why else "good", why)


def _key(account: Account) -> Finding:
    row, name = account.row, "openai-api-key"
    if row.model_provider != "openai":
        return Finding(name, "not needed", f"the answers come from {row.model_provider}")
    kept = store.read(account, name)
    if not kept:
        return _missing(account, name)
    try:
        why = _refusal(row, kept)
    except ModelError as error:
        return Finding(name, "not known", str(error))
    return Finding(name, "refused" if why else "good", why)


def _configuration(account: Account) -> Finding:
    """Needed to change the app, not to answer."""
    kept, name = store.read(account, configuration.PARAMETER), "configuration-token"
    why = "kept, and renewed when it is used" if kept else "asked for when the app is changed"
    return Finding(name, "good" if kept else "not needed", why)


def _refusal(row: Environment, key: str) -> str:
    """Why the model's provider does not take a key, or nothing. Raises `ModelError`."""
    if row.model_provider != "openai":
        return ""
    try:
        Model("openai", row.model, row.model_url, key).check()
    except KeyRefused:
        return "The model's provider refuses the key: make another one there."
    return ""


def _missing(account: Account, name: str) -> Finding:
    return Finding(name, "missing", f"./stackbot secrets set {account.row.name} {name}")
