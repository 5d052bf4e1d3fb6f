"""What a person wrote, and where: the question as every surface hands it to the desk."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from bot import asked
from bot.files import SharedFile, shared_files


@dataclass(frozen=True, slots=True)
class Message:
    """What a person wrote, and where. `thread` is the root's `ts`; `ts` where it is the root.

    `again` is when somebody pressed "Try again", by Slack's clock.
    """

    team: str
    channel: str
    ts: str
    thread: str
    user: str
    text: str
    files: tuple[SharedFile, ...] = ()
    again: str = ""

    @classmethod
    def from_event(cls, event: Mapping[str, Any], team: str) -> Self:
        return cls(
            team=team,
            channel=event["channel"],
            ts=event["ts"],
            thread=event.get("thread_ts", event["ts"]),
            user=event["user"],
            text=event.get("text", ""),
            files=shared_files(event),
        )

    @classmethod
    def from_post(
        cls, post: Mapping[str, Any], team: str, channel: str, again: str, bot_user_id: str
    ) -> Self:
        """A message of a thread, also one that the bot has posted for somebody's question."""
        message = replace(cls.from_event({**post, "channel": channel}, team), again=again)
        question = asked.read(post, bot_user_id)
        return replace(message, user=question.user, text=question.text) if question else message

    @property
    def is_private(self) -> bool:
        """Whether nobody but the asker will read the answer."""
        return self.channel.startswith("D")

    @property
    def question(self) -> str:
        """The identity of the question, whatever events tell of it."""
        return f"{self.team}:{self.channel}:{self.ts}"

    @property
    def asker(self) -> str:
        """The person, in a form that tells nobody who it is."""
        return hashlib.sha256(f"{self.team}:{self.user}".encode()).hexdigest()
