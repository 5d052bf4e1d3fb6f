"""The Slack app of an environment: created once, kept in sync with the code, installed by a person.

SSM stores its id, since Slack lets several apps have one name. See docs/decisions/0020.
"""

import json
import time
from dataclasses import dataclass, replace
from typing import Any

from infra.environments import Environment
from scripts.aws import store
from scripts.aws.account import Account
from scripts.slack import challenge
from scripts.slack.configuration import PAGE, with_token
from scripts.slack.drift import Difference, differences, with_its_looks
from scripts.slack.installation import Installation, lacking, take
from scripts.slack.lock import lock
from scripts.slack.manifest import bot_name, manifest, scopes_of
from scripts.slack.slack_client import SlackRefused
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say, step

PARAMETER = "slack-app"
_UNKNOWN_APP = {"app_not_found", "invalid_app_id", "invalid_app"}

Json = dict[str, Any]


class NoApp(Problem):
    """The environment has no Slack app, or Slack no longer has it."""


@dataclass(frozen=True, slots=True)
class SlackApp:
    """An app. `lacks` says in a few words why a person has to install it, or is ""."""

    app_id: str
    team_id: str
    lacks: str = ""

    @property
    def needs_install(self) -> bool:
        return bool(self.lacks)

    @property
    def page(self) -> str:
        """The page where a person sets its looks, and sees its secrets."""
        return f"{PAGE}/{self.app_id}"

    @property
    def install_url(self) -> str:
        """The page where a person installs it, once more if needed, and finds the bot's token."""
        return f"{self.page}/install-on-team"


def check_where(row: Environment) -> None:
    """Raise `Problem` for this machine's environment, whose Slack is a simulator."""
    if row.on_this_machine:
        raise Problem(
            f"{row.name} has its Slack app and its secrets from ./stackbot local, which makes them"
            " anew each time: name an environment on AWS."
        )


def ensure(account: Account, row: Environment, request_url: str) -> SlackApp:
    """Create the app where there is none, and sync it with the code. Raises `Problem`.

    Without a request URL it is created without the parts that need one, and not synced.
    """
    app = recorded(account) or create(account, row)
    if request_url:
        sync(account, row, app, request_url)
    return looked_at(account, row, app)


def install(account: Account, row: Environment, app: SlackApp, token: str = "") -> Installation:
    """Store the token of the bot that a person installed; "" is the stored one.

    Raises `Problem` for a token of another app or workspace, and for one that lacks scopes.
    """
    return take(account, row, token, app.app_id)


def looked_at(account: Account, row: Environment, app: SlackApp) -> SlackApp:
    """The app, with its present `lacks`."""
    return replace(app, lacks=lacking(account, row, app.app_id))


def recorded(account: Account) -> SlackApp | None:
    """The environment's app, if it has one."""
    record = _record(account)
    return SlackApp(record["app_id"], record["team_id"]) if "app_id" in record else None


def require(account: Account) -> SlackApp:
    """The environment's app. Raises `NoApp`."""
    if app := recorded(account):
        return app
    name = account.row.name
    raise NoApp(f"{name} has no Slack app yet: run ./stackbot app create {name}")


def create(account: Account, row: Environment) -> SlackApp:
    """Create an app without a request URL, and store its signing secret."""
    before, bare = _record(account), _expected(row, "")
    # Before the lock: this may ask the person for a configuration token.
    with_token(
        account, "Slack takes the manifest", lambda s: s.apps_manifest_validate(manifest=bare)
    )
    with lock(account, f"{PARAMETER}-lock", "making the Slack app"):
        now = _record(account)
        if now.get("app_id") not in (None, before.get("app_id")):
            return require(account)
        if "begun" in now:
            say(
                "An earlier command may have made an app and not lived to note it: should there be"
                f" a second {bot_name(row)} on {PAGE}, delete the one that is not installed."
            )
        record = {**now, "begun": time.time()}  # a former app stays in the record until then
        store.write(account, PARAMETER, json.dumps(record), secret=False)
        response = with_token(
            account,
            f"Slack app {bot_name(row)}",
            lambda slack: slack.apps_manifest_create(manifest=bare),
        )
        app = SlackApp(response["app_id"], response.get("team_id") or row.workspace)
        if row.workspace not in ("", app.team_id):
            raise Problem(
                f"The app was made in the workspace {app.team_id}, whose configuration token that"
                f" was, and {row.name} is in {row.workspace}: delete it on {app.page}"
            )
        store.write(account, "signing-secret", response["credentials"]["signing_secret"])
        return _keep(account, app)


def adopt(account: Account, row: Environment, app_id: str) -> SlackApp:
    """Record an app that somebody made by hand as the environment's."""
    app = SlackApp(app_id, row.workspace)
    _exported(account, row, app)
    return _keep(account, app)


def drift(account: Account, row: Environment, app: SlackApp, request_url: str) -> list[Difference]:
    """The differences of Slack's app from the code's manifest. Raises `NoApp` where it is gone.

    Before a deployment there is no request URL: the app's own is then taken for right.
    """
    there = _exported(account, row, app)
    return differences(there, _expected(row, request_url or _url(there)))


def sync(account: Account, row: Environment, app: SlackApp, request_url: str) -> list[Difference]:
    """Update Slack's app to the code's manifest, and return what `drift` had shown."""
    there = _exported(account, row, app)
    expected = _expected(row, request_url or _url(there))
    changes = differences(there, expected)
    if request_url and request_url != _url(there):
        _prove(account, request_url)
    if changes:
        whole = with_its_looks(expected, there)
        with_token(
            account,
            "Slack app's manifest",
            lambda slack: slack.apps_manifest_update(app_id=app.app_id, manifest=whole),
        )
    return changes


def delete(account: Account, app: SlackApp) -> None:
    """Delete the app at Slack, and with it its bot. An app that is gone is no error."""
    try:
        with_token(
            account,
            f"Slack app {app.app_id} deleted",
            lambda slack: slack.apps_manifest_delete(app_id=app.app_id),
        )
    except SlackRefused as refused:
        if refused.code not in _UNKNOWN_APP:
            raise


def _url(manifest: Json) -> str:
    return str(manifest.get("settings", {}).get("event_subscriptions", {}).get("request_url", ""))


def _expected(row: Environment, request_url: str) -> Json:
    return manifest(request_url, name=bot_name(row), more_scopes=scopes_of(row))


def _exported(account: Account, row: Environment, app: SlackApp) -> Json:
    try:
        response = with_token(
            account,
            "Slack app as it is",
            lambda slack: slack.apps_manifest_export(app_id=app.app_id),
        )
    except SlackRefused as refused:
        if refused.code not in _UNKNOWN_APP:
            raise
        raise NoApp(
            f"Slack has no app {app.app_id} ({refused.code}), or it is not of the one whose"
            f" configuration token that is. If it was deleted: ./stackbot app create {row.name}"
            " --new"
        ) from None
    exported: Json = response["manifest"]
    return exported


def _prove(account: Account, request_url: str) -> None:
    secret = store.read(account, "signing-secret")
    name = account.row.name
    if not secret:
        raise Problem(
            f"{name} has no signing secret: copy it from the app's page and run"
            f" ./stackbot secrets set {name} signing-secret"
        )
    with step("Slack's challenge, put by us"):
        wrong = challenge.problem(request_url, secret.strip())
    if wrong:
        raise Problem(
            f"Slack would ask {request_url} to prove itself, and {wrong}: see what"
            f" ./stackbot logs {name} tells, and run this again."
        )


def _record(account: Account) -> Json:
    record: Json = json.loads(store.read(account, PARAMETER) or "{}")
    return record


def _keep(account: Account, app: SlackApp) -> SlackApp:
    record = json.dumps({"app_id": app.app_id, "team_id": app.team_id})
    store.write(account, PARAMETER, record, secret=False)
    return app
