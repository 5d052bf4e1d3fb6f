"""A message with all its versions, in Slack's shape and in the control API's."""

import time
from dataclasses import dataclass, field

from slack_simulator.shapes import Json
from slack_simulator.workspace import text as texts
from slack_simulator.workspace.people import APP, BOT, TEAM
from slack_simulator.workspace.stream import Stream


@dataclass(slots=True)
class Message:
    """What was posted; `versions` holds each text it had, the present one last."""

    ts: str
    channel: str
    user: str
    text: str
    by_bot: bool = False
    team: str = TEAM
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    ephemeral_to: str | None = None
    link_names: bool = False
    metadata: Json | None = None
    username: str | None = None
    app: Json = field(default_factory=dict)
    """What tells of another app that posted it: `bot_id`, `app_id`, `bot_profile`."""
    stream: Stream | None = None
    edited: Json | None = None
    deleted: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    versions: list[Json] = field(default_factory=list)
    at: float = field(default_factory=time.time)

    @property
    def root(self) -> str:
        return self.thread_ts or self.ts

    @property
    def visible(self) -> str:
        return (texts.visible(self.blocks) or self.text) if self.blocks else self.text

    @property
    def pings(self) -> list[str]:
        return texts.pings(self.text, self.blocks, self.link_names)

    def bury(self) -> None:
        """Leave only a tombstone, which holds the replies together."""
        self.user, self.username, self.by_bot = "USLACKBOT", "Slackbot", False
        self.text, self.subtype = "This message was deleted.", "tombstone"
        self.blocks, self.attachments, self.files = [], [], []
        self.stream = self.edited = self.metadata = None

    def remember(self, replace: bool = False) -> None:
        """Note the present text as a version; a stream's growth replaces the last one."""
        if replace and self.versions:
            self.versions.pop()
        self.versions.append({"text": self.visible, "blocks": self.blocks, "at": time.time()})

    def as_slack(self) -> Json:
        """The message object of the Web API and of events."""
        shape: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        shape["team"] = self.team
        if self.by_bot:
            shape |= {"bot_id": BOT, "app_id": APP}
        shape |= self.app
        optional: Json = {
            "subtype": self.subtype,
            "thread_ts": self.thread_ts,
            "edited": self.edited,
            "metadata": self.metadata,
            "username": self.username,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": self.files,
        }
        shape |= {name: value for name, value in optional.items() if value}
        if self.reactions:
            shape["reactions"] = self._reactions()
        return shape

    def as_control(self) -> Json:
        """The message as people see it, for tests and for the page."""
        return {
            "ts": self.ts,
            "channel": self.channel,
            "user": self.user,
            "bot": self.by_bot,
            "username": self.username,
            "thread_ts": self.thread_ts,
            "text": self.visible,
            "fallback": self.text,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": self.files,
            "subtype": self.subtype,
            "streaming": self.stream is not None and self.stream.live,
            "stream": self.stream.state if self.stream else None,
            "tasks": texts.tasks(self.blocks),
            "sources": texts.sources(self.blocks),
            "pings": self.pings,
            "reactions": self._reactions(),
            "edited": len(self.versions) > 1,
            "deleted": self.deleted,
            "ephemeral_to": self.ephemeral_to,
            "metadata": self.metadata,
            "versions": list(self.versions),
            "at": self.at,
        }

    def _reactions(self) -> list[Json]:
        items = [(name, users) for name, users in self.reactions.items() if users]
        return [{"name": name, "users": list(users), "count": len(users)} for name, users in items]
