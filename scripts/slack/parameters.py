"""`./stackbot secrets set|check`: stores an environment's secrets in SSM, and tries them."""

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
    """A secret: its name, the shell's variable it may come from, and where a person finds it."""

    name: str
    variable: str
    where: str
    keep: Callable[[Account, str], None]


@dataclass(frozen=True, slots=True)
class SecretState:
    """Whether a secret works. `why` never contains any of it."""

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


def findings(account: Account) -> list[SecretState]:
    """The state of each secret. The bot's token and the model's key are tried."""
    return [_signing_secret(account), _bot_token(account), _key(account), _configuration(account)]


def keep(account: Account, name: str | None = None) -> list[str]:
    """Store one secret, or each that the shell or the person provides; returns the names.

    Raises `Problem` where there is none.
    """
    secrets = [secret for secret in SECRETS if name in (None, secret.name)]
    values = [(secret, _value_of(secret, alone=name is not None)) for secret in secrets]
    if not any(value for _, value in values):
        names = ", ".join(secret.variable for secret in secrets)
        raise Problem(f"Nothing was stored: type it, pipe it in, or set {names}.")
    for secret, value in values:
        if value:
            with step(f"{secret.name} of {account.row.name}"):
                secret.keep(account, value)
    return [secret.name for secret, value in values if value]


def _value_of(secret: Secret, *, alone: bool) -> str:
    """A secret from the shell's variable, from a pipe if it is the only one, or typed."""
    if value := os.environ.get(secret.variable, "").strip():
        return value
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip() if alone else ""
    say(f"{secret.name}: {secret.where}")
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
        states = findings(account)
    if output:
        output.print({"secrets": [asdict(state) for state in states]})
    else:
        for state in states:
            print(f"{state.name:<20}{state.state:<12}{state.why}".rstrip())
    return 0 if all(state.state in ("good", "not needed") for state in states) else 1


def _signing_secret(account: Account) -> SecretState:
    stored = store.read(account, "signing-secret")
    return SecretState("signing-secret", "good") if stored else _missing(account, "signing-secret")


def _bot_token(account: Account) -> SecretState:
    if not installation.stored(account):
        return _missing(account, "bot-token")
    app = slack_app.recorded(account)
    try:
        why = installation.lacking(account, account.row, app.app_id if app else "")
    except Problem as problem:
        return SecretState("bot-token", "not known", str(problem))
    return SecretState("bot-token", "refused" if why else "good", why)


def _key(account: Account) -> SecretState:
    row, name = account.row, "openai-api-key"
    if row.model_provider != "openai":
        return SecretState(name, "not needed", f"the answers come from {row.model_provider}")
    stored = store.read(account, name)
    if not stored:
        return _missing(account, name)
    try:
        why = _refusal(row, stored)
    except ModelError as error:
        return SecretState(name, "not known", str(error))
    return SecretState(name, "refused" if why else "good", why)


def _configuration(account: Account) -> SecretState:
    """Needed to change the app, not to answer."""
    stored, name = store.read(account, configuration.PARAMETER), "configuration-token"
    why = "kept, and renewed when it is used" if stored else "asked for when the app is changed"
    return SecretState(name, "good" if stored else "not needed", why)


def _refusal(row: Environment, key: str) -> str:
    """Why the model's provider refuses a key, or "". Raises `ModelError`."""
    if row.model_provider != "openai":
        return ""
    try:
        Model("openai", row.model, row.model_url, key).check()
    except KeyRefused:
        return "The model's provider refuses the key: make another one there."
    return ""


def _missing(account: Account, name: str) -> SecretState:
    return SecretState(name, "missing", f"./stackbot secrets set {account.row.name} {name}")
