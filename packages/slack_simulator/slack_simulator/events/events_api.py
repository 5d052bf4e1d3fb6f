"""The Events API: the events that the app subscribes to, in Slack's envelopes.

See https://docs.slack.dev/apis/events-api/
"""

import itertools
import time

from slack_simulator.apps.app import App
from slack_simulator.events.dispatch import Parcel
from slack_simulator.shapes import Json
from slack_simulator.workspace import people
from slack_simulator.workspace.message import Message
from slack_simulator.workspace.people import BOT_USER, Channel
from slack_simulator.workspace.shared_file import for_events
from slack_simulator.workspace.workspace import Workspace

VERIFICATION_TOKEN = "not-a-real-token"  # noqa: S105 - Slack sends one still; nobody should use it

_IDS = itertools.count(1)
"""No two events have the same id, even where the workspace was emptied between them."""


class Events:
    """Builds the events that the manifest subscribes to, and no others."""

    def __init__(self, app: App, workspace: Workspace) -> None:
        self._app = app
        self._workspace = workspace

    def posted(self, message: Message) -> list[Parcel]:
        """A new message: a `message` event, and an `app_mention` where it mentions the bot."""
        channel = self._workspace.channels[message.channel]
        if BOT_USER not in channel.members:
            return []
        shape = self._shape(message)
        parcels = self._message(channel, shape)
        mention = f"<@{BOT_USER}>" in message.text and not channel.direct
        if mention and not message.by_bot and "app_mention" in self._app.manifest.events:
            event = {key: shape[key] for key in shape if key not in ("channel_type", "subtype")}
            parcels.append(self._envelope(event | {"type": "app_mention"}, channel))
        return parcels

    def changed(self, message: Message, before: Json) -> list[Parcel]:
        channel = self._workspace.channels[message.channel]
        now = self._workspace.with_replies(message)
        return self._message(
            channel,
            {"subtype": "message_changed", "message": now, "previous_message": before}
            | self._hidden(message),
        )

    def deleted(self, message: Message, before: Json) -> list[Parcel]:
        channel = self._workspace.channels[message.channel]
        return self._message(
            channel,
            {"subtype": "message_deleted", "deleted_ts": message.ts, "previous_message": before}
            | self._hidden(message),
        )

    def subscribed(self, event: Json, channel: Channel) -> list[Parcel]:
        """An event that is not about a message, if the manifest subscribes to it."""
        if event["type"] not in self._app.manifest.events:
            return []
        return [self._envelope({"event_ts": self._workspace.next_ts()} | event, channel)]

    def removed(self) -> list[Parcel]:
        """The app was removed from the workspace: nobody authorises these events."""
        tokens = {"oauth": [], "bot": [BOT_USER]}
        events: list[Json] = [
            {"type": "tokens_revoked", "tokens": tokens},
            {"type": "app_uninstalled"},
        ]
        kinds, now = self._app.manifest.events, {"event_ts": self._workspace.next_ts()}
        return [
            self._parcel(event | now, {"authorizations": []})
            for event in events
            if event["type"] in kinds
        ]

    def _shape(self, message: Message) -> Json:
        shape = self._workspace.with_replies(message)
        for absent in ("reply_count", "reply_users", "reply_users_count", "latest_reply"):
            shape.pop(absent, None)
        author = self._workspace.people.get(message.user)
        if author and author.stranger:
            shape |= {
                "user_team": author.team,
                "source_team": author.team,
                "user_profile": author.as_profile(),
            }
            shape |= {"files": for_events(message.files)} if message.files else {}
        if message.subtype == "thread_broadcast" and message.thread_ts:
            root = self._workspace.message(message.channel, message.thread_ts)
            shape["root"] = self._workspace.with_replies(root) if root else {}
        return shape | {"channel": message.channel, "event_ts": message.ts}

    def _hidden(self, message: Message) -> Json:
        ts = self._workspace.next_ts()
        return {"hidden": True, "channel": message.channel, "ts": ts, "event_ts": ts}

    def _message(self, channel: Channel, shape: Json) -> list[Parcel]:
        subscribed = "message.im" if channel.direct else "message.channels"
        if subscribed not in self._app.manifest.events or BOT_USER not in channel.members:
            return []
        return [self._envelope({"type": "message", "channel_type": channel.type} | shape, channel)]

    def _envelope(self, event: Json, channel: Channel) -> Parcel:
        shared = any(self._workspace.people[m].stranger for m in channel.members)
        authorization = {
            "enterprise_id": None,
            "team_id": people.TEAM,
            "user_id": BOT_USER,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        about = {
            "context_team_id": people.TEAM,
            "context_enterprise_id": None,
            "authorizations": [authorization],
            "is_ext_shared_channel": shared and not channel.direct,
            "event_context": f"4-{event['type']}-{channel.id}",
        }
        return self._parcel(event, about)

    def _parcel(self, event: Json, about: Json) -> Parcel:
        event_id = f"Ev{next(_IDS):08d}"
        body = {
            "token": VERIFICATION_TOKEN,
            "team_id": people.TEAM,
            "api_app_id": self._app.id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(time.time()),
            **about,
        }
        return Parcel("event", event["type"], event_id, body)
