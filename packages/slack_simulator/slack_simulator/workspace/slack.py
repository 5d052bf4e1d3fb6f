"""The workspace with its rules and connections: every part of the simulator gets this object."""

import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from slack_simulator.apps.app import App
from slack_simulator.apps.configuration_tokens import Configuration
from slack_simulator.apps.manifest import Manifest
from slack_simulator.events.dispatch import Dispatcher, Parcel
from slack_simulator.events.events_api import Events
from slack_simulator.events.socket_mode import Sockets
from slack_simulator.events.tickets import Tickets
from slack_simulator.rules.faults import Faults
from slack_simulator.rules.limits import Limits
from slack_simulator.rules.rate_limits import Rates
from slack_simulator.shapes import Json
from slack_simulator.workspace.clock import Clock
from slack_simulator.workspace.feed import Feed
from slack_simulator.workspace.message import Message
from slack_simulator.workspace.records import Call
from slack_simulator.workspace.workspace import Session, Workspace


@dataclass(frozen=True, slots=True)
class Consent:
    """A person has allowed an app into the workspace; it does not know yet."""

    app: App
    person: str


class Slack:
    """One workspace with room for one installed app. Lives on one event loop."""

    def __init__(
        self,
        app: App,
        bot_token: str,
        limits: bool | Mapping[str, bool | float] = True,
        time_scale: float = 1.0,
        crowd: int = 0,
    ) -> None:
        self.app = app
        self.apps = {app.id: app} if app.id else {}
        self.scopes = app.manifest.scopes  # the token's: an installation grants them
        self.bot_token = bot_token  # "": the app is not installed
        self.revoked: set[str] = set()
        self.apps_made = len(self.apps)
        self.consents: dict[str, Consent] = {}
        self.limits = Limits(limits)
        self.clock = Clock(time_scale)
        self.faults = Faults()
        self.feed = Feed()
        self.sockets = Sockets(app, self.clock, self.show_settings)
        self.dispatcher = Dispatcher(
            app, self.clock, self.limits, self.faults, self.feed, self.sockets
        )
        self.rates = Rates(self.clock)
        self.configuration = Configuration(self.clock)
        self.url = ""
        self._crowd = crowd
        self.forget()

    def forget(self) -> None:
        """Begin again with an empty workspace; settings and the request URL stay."""
        self.dispatcher.cancel()
        self.dispatcher.deliveries.clear()
        self.faults.clear()
        self.rates.forget()
        self.workspace = Workspace(self.manifest.name, self._crowd)
        self.events = Events(self.app, self.workspace)
        self.tickets = Tickets(self.clock, self.limits)
        self.calls: list[Call] = []
        self.call_ids = itertools.count(1)
        self.feed.publish("reset", {})

    @property
    def manifest(self) -> Manifest:
        return self.app.manifest

    def install(self, app: App) -> None:
        """Give the app its place and what its manifest asks for; a token it keeps, if it has one.

        Slack does the same on "Install to Workspace", and on "Reinstall".
        """
        self.app = self.dispatcher.app = self.sockets.app = app
        self.events = Events(app, self.workspace)
        self.scopes = app.manifest.scopes
        self.bot_token = self.bot_token or f"xoxb-local-{secrets.token_hex(8)}"
        self.refresh()

    def refresh(self) -> None:
        """The app, or what it is called, is another one: have everything read again."""
        self.workspace.name_bot(self.manifest.name)
        self.feed.publish("reset", {})

    def post(self, message: Message) -> None:
        """A new message: kept, shown, and told of."""
        self.workspace.add(message)
        self.show(message, "posted")
        if message.ephemeral_to:
            return
        self._tell(self.events.posted(message))
        if message.by_bot:
            self._clear_line(message.channel, message.root)

    def change(self, message: Message, before: Json, quiet: bool = False) -> None:
        """A message has changed; `before` is how Slack told of it until now."""
        message.remember(replace=quiet)
        self.show(message, "changed")
        if not quiet and not message.ephemeral_to:
            self._tell(self.events.changed(message, before))

    def delete(self, message: Message) -> None:
        """Take a message away. A root with replies leaves a tombstone: Slack tells of a change."""
        before = self.workspace.with_replies(message)
        if before.get("reply_count"):
            message.bury()
            return self.change(message, before)
        message.deleted = True
        self.show(message, "deleted")
        if not message.ephemeral_to:
            self._tell(self.events.deleted(message, before))
        return None

    def announce(self, event: Json, channel_id: str) -> None:
        """Send an event that is not about a message, if the app subscribes to it."""
        self._tell(self.events.subscribed(event, self.workspace.channels[channel_id]))

    def show(self, message: Message, action: str) -> None:
        self.feed.publish("message", {"action": action, "message": self.message_json(message)})

    def message_json(self, message: Message) -> Json:
        replies = len(self.workspace.thread(message.channel, message.ts)) - 1
        author = self.workspace.people.get(message.user)
        name = message.username or (author.name if author else message.user)
        return message.as_control() | {"name": name, "reply_count": max(0, replies)}

    def session_json(self, channel: str, thread: str) -> Json:
        """The session of a thread as its header shows it now."""
        session = self.workspace.sessions.get((channel, thread), Session())
        now = self.clock.now()
        stuck = session.status == "processing" and now >= session.processing_until
        return {
            "channel": channel,
            "thread_ts": thread,
            "status": "active" if stuck else session.status or None,
            "title": session.title,
            "line": session.line if now < session.line_until else "",
            "loading_messages": session.loading_messages,
            "initiator": session.initiator or None,
        }

    def settings_json(self) -> Json:
        return {
            "request_url": self.app.url,
            "connections": self.sockets.count,
            "limits": self.limits.as_json(),
            "time_scale": self.clock.scale,
            "faults": self.faults.as_json(),
        }

    def show_settings(self) -> None:
        self.feed.publish("settings", {"settings": self.settings_json()})

    def show_session(self, channel: str, thread: str) -> None:
        self.feed.publish("session", {"session": self.session_json(channel, thread)})

    def _clear_line(self, channel: str, thread: str) -> None:
        """The legacy status line goes as soon as the bot says something in the thread."""
        session = self.workspace.sessions.get((channel, thread))
        if session and session.line:
            session.line, session.loading_messages = "", []
            self.show_session(channel, thread)

    def renew_token(self, bot_token: str) -> None:
        """Give the app another token, as a new installation does: the old one is over."""
        self.revoked.add(self.bot_token)
        self.bot_token = bot_token

    def uninstall(self) -> None:
        """Remove the app: it is told so, and of nothing else from then on."""
        self._tell(self.events.removed())
        self.renew_token("")

    def _tell(self, parcels: list[Parcel]) -> None:
        for parcel in parcels if self.bot_token else ():
            self.dispatcher.send(parcel)
