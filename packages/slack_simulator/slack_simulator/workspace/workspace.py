"""The state of the workspace. One event loop owns it, so nothing is locked."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from slack_simulator.shapes import Json
from slack_simulator.workspace import people
from slack_simulator.workspace.message import Message
from slack_simulator.workspace.people import BOT_USER, Channel, Group, Person
from slack_simulator.workspace.shared_file import SharedFile


@dataclass(slots=True)
class Session:
    """What a thread's header shows: the agent's status, its title, the legacy status line."""

    status: str = ""
    title: str = ""
    initiator: str = ""
    line: str = ""
    line_until: float = 0.0
    processing_until: float = 0.0
    loading_messages: list[str] = field(default_factory=list)


@dataclass(slots=True)
class View:
    """A modal somebody has open, or somebody's App Home."""

    id: str
    app: str
    user: str
    view: Json
    root: str
    previous: str | None = None
    values: Json = field(default_factory=dict)
    open: bool = True

    def as_slack(self) -> Json:
        return {
            **self.view,
            "id": self.id,
            "team_id": people.TEAM,
            "app_id": self.app,
            "bot_id": people.BOT,
            "state": {"values": self.values},
            "root_view_id": self.root,
            "previous_view_id": self.previous,
        }


class Workspace:
    """People, channels, messages, sessions and views."""

    def __init__(self, bot_name: str, crowd: int = 0) -> None:
        many = people.crowd(crowd)
        self.people = {person.id: person for person in [*people.staff(), *many]}
        self.name_bot(bot_name)
        self.channels = {channel.id: channel for channel in people.channels(many)}
        self.groups = {group.id: group for group in people.groups()}
        self.messages: dict[str, dict[str, Message]] = {c: {} for c in self.channels}
        self.sessions: dict[tuple[str, str], Session] = {}
        self.files: dict[str, SharedFile] = {}
        self.prompts: dict[str, Json] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.ahead = 0.0
        self._last_ts = 0

    @property
    def bot(self) -> Person:
        return self.people[BOT_USER]

    def name_bot(self, name: str) -> None:
        # "Rook (dev)" has the handle "rook_dev".
        handle = re.sub(r"\W+", "_", name.lower()).strip("_")
        self.people[BOT_USER] = Person(BOT_USER, handle, name, bot=True)

    def next_ts(self) -> str:
        """A timestamp no other message has, by a clock that may be `ahead` of this machine's."""
        self._last_ts = max(self._last_ts + 1, int((time.time() + self.ahead) * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def person(self, name: str) -> Person | None:
        """A person by id, handle or full name."""
        name = name.removeprefix("@").lower()
        for person in self.people.values():
            if name in (person.id.lower(), person.handle, person.name.lower()):
                return person
        return self.bot if name == "bot" else None

    def channel(self, name: str) -> Channel | None:
        """A channel by id or by #name."""
        if name in self.channels:
            return self.channels[name]
        name = name.removeprefix("#")
        return next((c for c in self.channels.values() if c.name == name and not c.direct), None)

    def group(self, name: str) -> Group | None:
        """A user group by id or handle."""
        name = name.removeprefix("@")
        matching = (group for group in self.groups.values() if name in (group.id, group.handle))
        return next(matching, None)

    def direct(self, person: Person) -> Channel:
        """The direct messages of the bot and a person, begun on first use."""
        channel_id = "D" + person.id[1:]
        if channel_id not in self.channels:
            members = [person.id, BOT_USER]
            self.channels[channel_id] = Channel(channel_id, "", members, person=person.id)
            self.messages[channel_id] = {}
        return self.channels[channel_id]

    def add(self, message: Message) -> None:
        message.remember()
        self.messages[message.channel][message.ts] = message

    def message(self, channel: str, ts: str) -> Message | None:
        """A message that is there to be seen; an ephemeral one is nowhere but on one screen."""
        message = self.messages.get(channel, {}).get(ts)
        return None if message is None or message.deleted or message.ephemeral_to else message

    def visible(self, channel: str) -> Iterator[Message]:
        """The messages of a channel, oldest first."""
        for message in self.messages[channel].values():
            if not message.deleted and not message.ephemeral_to:
                yield message

    def thread(self, channel: str, root: str) -> list[Message]:
        return [message for message in self.visible(channel) if message.root == root]

    def session(self, channel: str, thread: str) -> Session:
        return self.sessions.setdefault((channel, thread), Session())

    def with_replies(self, message: Message) -> Json:
        """A message as Slack tells it, with the count of its replies where it has any."""
        shape = message.as_slack()
        replies = [m for m in self.visible(message.channel) if m.thread_ts == message.ts]
        replies = [reply for reply in replies if reply is not message]
        if replies:
            shape["thread_ts"] = message.ts
            shape["reply_count"] = len(replies)
            shape["reply_users"] = list(dict.fromkeys(reply.user for reply in replies))
            shape["reply_users_count"] = len(shape["reply_users"])
            shape["latest_reply"] = replies[-1].ts
        elif message.thread_ts:
            root = self.message(message.channel, message.thread_ts)
            shape |= {"parent_user_id": root.user} if root else {}
        return shape
