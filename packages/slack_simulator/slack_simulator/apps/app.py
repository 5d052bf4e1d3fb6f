"""An app as Slack stores it: manifest, secrets and request URL."""

import secrets
from dataclasses import dataclass, field

from slack_simulator.apps.manifest import NOTHING, Manifest
from slack_simulator.workspace.people import APP


def _secret() -> str:
    return secrets.token_hex(16)


@dataclass(slots=True, eq=False)
class App:
    """One app. Slack brings everything to its `url`: of a manifest's URLs, that for events."""

    manifest: Manifest
    id: str = APP
    signing_secret: str = field(default_factory=_secret, repr=False)
    app_token: str = field(default_factory=lambda: f"xapp-{_secret()}", repr=False)
    client_id: str = field(default_factory=lambda: f"{secrets.randbelow(10**12)}.1")
    client_secret: str = field(default_factory=_secret, repr=False)
    url: str | None = None


def no_app() -> App:
    """What stands for the app in a workspace where none was ever installed."""
    return App(NOTHING, id="")
