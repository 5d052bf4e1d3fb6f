"""What people do with apps: generate configuration tokens, install and allow them."""

import secrets

from slack_simulator.apps.app import App
from slack_simulator.control.actions import CannotError
from slack_simulator.shapes import Json
from slack_simulator.workspace.people import Person
from slack_simulator.workspace.slack import Consent, Slack


def configure(slack: Slack, person: Person) -> Json:
    """Press "Generate Token" below "Your App Configuration Tokens"."""
    return slack.configuration.give(person.id)


def install(slack: Slack, app_id: str) -> str:
    """Press "Install to Workspace" on an app's page, or "Reinstall"; returns the bot's token."""
    slack.install(_installable(slack, app_id))
    return slack.bot_token


def consent(slack: Slack, person: Person, app_id: str) -> str:
    """Press "Allow" behind the app's link; returns the code that oauth.v2.access exchanges."""
    code = secrets.token_hex(12)
    slack.consents[code] = Consent(_installable(slack, app_id), person.id)
    return code


def _installable(slack: Slack, app_id: str) -> App:
    app = slack.apps.get(app_id or next(iter(slack.apps), ""))
    if app is None:
        raise CannotError(f"there is no app {app_id}".rstrip() + ": apps.manifest.create makes one")
    if slack.bot_token and slack.app is not app:
        raise CannotError(f"only one app has room here, and {slack.manifest.name} is installed")
    return app
