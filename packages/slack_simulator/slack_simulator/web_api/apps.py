"""apps and tooling.tokens: apps made by configuration token, and connected by one of their own."""

import json
from copy import deepcopy
from urllib.parse import urlencode

from slack_simulator.apps.app import App
from slack_simulator.apps.manifest import Manifest
from slack_simulator.apps.manifest_rules import errors
from slack_simulator.events.events_api import VERIFICATION_TOKEN
from slack_simulator.events.url_verification import problem
from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.web_api.registry import Args, Method
from slack_simulator.workspace import people
from slack_simulator.workspace.slack import Slack


async def create(slack: Slack, args: Args) -> Json:
    """A URL in the manifest has to answer already; one may come later, by an update."""
    app = App(_checked(args), id=_new_id(slack))
    await _connect(slack, app, app.manifest)
    slack.apps[app.id] = app
    credentials = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "verification_token": VERIFICATION_TOKEN,
        "signing_secret": app.signing_secret,
    }
    return {
        "ok": True,
        "app_id": app.id,
        "credentials": credentials,
        "oauth_authorize_url": _authorize_url(app),
        "team_id": people.TEAM,
        "team_domain": people.DOMAIN,
    }


async def update(slack: Slack, args: Args) -> Json:
    """Replace all of a manifest. Its scopes are the token's after the next installation."""
    app, manifest = _app(slack, args), _checked(args)
    if manifest.request_url != app.manifest.request_url:
        await _connect(slack, app, manifest)
    changed = manifest.scopes != app.manifest.scopes
    app.manifest = manifest
    if app is slack.app:
        slack.refresh()
    return {"ok": True, "app_id": app.id, "permissions_updated": changed}


def validate(slack: Slack, args: Args) -> Json:
    if args.text("app_id"):
        _app(slack, args)
    _checked(args)
    return {"ok": True, "errors": []}


def export(slack: Slack, args: Args) -> Json:
    """The manifest, with what Slack writes where nothing was said (slackapi/slack-cli #591)."""
    manifest = deepcopy(_app(slack, args).manifest.raw)
    manifest.setdefault("settings", {}).setdefault("is_mcp_enabled", False)
    return {"ok": True, "manifest": manifest}


def delete(slack: Slack, args: Args) -> Json:
    app = slack.apps.pop(_app(slack, args).id)
    if app is slack.app:
        slack.uninstall()
    return {"ok": True}


def open_connection(slack: Slack, args: Args) -> Json:  # noqa: ARG001 - methods have one shape
    return {"ok": True, "url": slack.sockets.address(slack.url)}


def rotate(slack: Slack, args: Args) -> Json:
    return {"ok": True} | slack.configuration.rotate(args.need("refresh_token"))


def _checked(args: Args) -> Manifest:
    try:
        manifest = json.loads(args.need("manifest"))
    except ValueError:
        raise SlackError("invalid_manifest", errors=[_wrong("It is no JSON", "/")]) from None
    if faults := errors(manifest):
        raise SlackError("invalid_manifest", errors=faults)
    return Manifest.from_json(manifest)


async def _connect(slack: Slack, app: App, manifest: Manifest) -> None:
    if manifest.request_url and (wrong := await problem(slack, app, manifest.request_url)):
        pointer = "/settings/event_subscriptions/request_url"
        raise SlackError("invalid_manifest", errors=[_wrong(wrong, pointer)])
    app.url = manifest.request_url


def _wrong(message: str, pointer: str) -> Json:
    return {"message": message, "pointer": pointer}


def _app(slack: Slack, args: Args) -> App:
    app = slack.apps.get(args.need("app_id"))
    if app is None:
        raise SlackError("invalid_app_id")
    return app


def _new_id(slack: Slack) -> str:
    """An id that no app had before, be it deleted since: the first is the workspace's usual one."""
    slack.apps_made += 1
    return people.APP if slack.apps_made == 1 else f"{people.APP}{slack.apps_made}"


def _authorize_url(app: App) -> str:
    query = {"client_id": app.client_id, "scope": ",".join(sorted(app.manifest.scopes))}
    return f"https://slack.com/oauth/v2/authorize?{urlencode(query)}"


METHODS = {
    "apps.connections.open": Method(open_connection, caller="app"),
    "apps.manifest.create": Method(create, caller="configuration"),
    "apps.manifest.update": Method(update, caller="configuration"),
    "apps.manifest.validate": Method(validate, caller="configuration"),
    "apps.manifest.export": Method(export, caller="configuration"),
    "apps.manifest.delete": Method(delete, caller="configuration"),
    "tooling.tokens.rotate": Method(rotate, caller="anyone"),
}
