"""What a person wrote, and where: the question as every surface gives it to the desk."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.conversation.files import SharedFile, shared_files
from bot.conversation.forwarded_content import Forwarded, forwarded
from bot.slack.ui import question_message
from bot.slack.ui.question_message import Origin


@dataclass(frozen=True, slots=True)
class Message:
    """A question. `thread` is the `ts` of the thread's root, which may be the message itself.

    `again` is when somebody pressed "Try again", by Slack's clock. `shared`: whether another
    company is in the channel; None where that is unknown. `origin` is where it was asked, if it is
    answered elsewhere. `about_user` is the author of the message that it is about; `forwarded` are
    messages that were forwarded with it.
    """

    team: str
    channel: str
    ts: str
    thread: str
    user: str
    text: str
    files: tuple[SharedFile, ...] = ()
    again: str = ""
    shared: bool | None = None
    origin: Origin | None = None
    about_user: str = ""
    forwarded: tuple[Forwarded, ...] = ()

    @classmethod
    def from_body(cls, body: Mapping[str, Any], team: str) -> Self:
        """From the envelope of an event, which has `is_ext_shared_channel` beside the event.

        See https://docs.slack.dev/apis/events-api.
        """
        shared = body.get("is_ext_shared_channel")
        message = cls.from_event(body["event"], team)
        return replace(message, shared=shared if isinstance(shared, bool) else None)

    @classmethod
    def from_own_event(cls, event: Mapping[str, Any], team: str) -> Self:
        """From the event of a question that the bot has posted; only the bot can send it."""
        return replace(
            cls.from_event(event, team),
            origin=Origin.read(event.get("origin", "")),
            about_user=event.get("about_user", ""),
        )

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
            forwarded=forwarded(event),
        )

    @classmethod
    def from_post(
        cls, post: Mapping[str, Any], team: str, channel: str, again: str, bot_user_id: str
    ) -> Self:
        """From a message of a thread, also one that the bot has posted for somebody's question."""
        message = replace(cls.from_event({**post, "channel": channel}, team), again=again)
        question = question_message.read(post, bot_user_id)
        if not question:
            return message
        origin = Origin.read(question.id)
        return replace(message, user=question.user, text=question.text, origin=origin)

    @property
    def is_private(self) -> bool:
        """Whether only the asker will read the answer."""
        return self.channel.startswith("D")

    @property
    def asked_at(self) -> str:
        """Where it was asked: "channel:ts"."""
        place = self.origin or self
        return f"{place.channel}:{place.ts}"

    @property
    def question(self) -> str:
        """The question's id, the same in all its events: "team:channel:ts"."""
        return f"{self.team}:{self.channel}:{self.ts}"

    @property
    def asker(self) -> str:
        """A pseudonym of the person, for the model's provider."""
        return hashlib.sha256(f"{self.team}:{self.user}".encode()).hexdigest()
