"""The message that somebody wants to ask about, as its shortcut's payload describes it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from bot.slack.ui import blocks

UNKNOWN = "?"
_LONGEST = 8_000
"""Characters of the message that are saved in the form."""

_DOMAIN = re.compile(r"[a-z0-9-]+")  # acme, of acme.slack.com


@dataclass(frozen=True, slots=True)
class MessageReference:
    """`thread` is the thread's root. `text` is the message's, as written; it may be cut.

    `link` opens the message; empty where there is none.
    `user` wrote it: empty for an app of this workspace, `UNKNOWN` for another one.
    """

    channel: str
    thread: str
    link: str
    text: str
    user: str = UNKNOWN

    @classmethod
    def from_shortcut(cls, body: Mapping[str, Any], bot_user_id: str) -> Self:
        message, channel = body["message"], body["channel"]["id"]
        thread = message.get("thread_ts", message["ts"])
        text = blocks.as_written(blocks.markdown_of(message), bot_user_id)
        return cls(
            channel=channel,
            thread=thread,
            link=_link(body["team"]["domain"], channel, message["ts"], thread),
            text=text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}\u2026",
            user=_author(message, body["team"]["id"]),
        )

    @classmethod
    def from_form(cls, values: Mapping[str, str]) -> Self:
        return cls(**values)

    @property
    def as_form(self) -> dict[str, str]:
        """The values to save while the modal is open."""
        return asdict(self)


def _author(message: Mapping[str, Any], team: str) -> str:
    if "bot_id" not in message:
        return message.get("user") or UNKNOWN
    profile = message.get("bot_profile") or {}
    return "" if (profile.get("team_id") or message.get("team")) == team else UNKNOWN


def _link(domain: str, channel: str, ts: str, thread: str) -> str:
    """The link that "Copy link" copies: chat.getPermalink has none for private messages."""
    if not _DOMAIN.fullmatch(domain):
        return ""
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return link if ts == thread else f"{link}?thread_ts={thread}&cid={channel}"
