"""A message that somebody wants to ask about, carried from its menu through the modal."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from bot import blocks

_CARRIED = 2_000
"""What a button's value holds, in characters; a view's `private_metadata` holds 3,000."""


@dataclass(frozen=True, slots=True)
class About:
    """`thread` is the thread's root. `text` is the message's, as written; it may be cut."""

    channel: str
    thread: str
    link: str
    text: str

    @classmethod
    def from_shortcut(cls, body: Mapping[str, Any], bot_user_id: str) -> Self:
        message, channel = body["message"], body["channel"]["id"]
        thread = message.get("thread_ts", message["ts"])
        return cls(
            channel=channel,
            thread=thread,
            link=_link(body["team"]["domain"], channel, message["ts"], thread),
            text=blocks.as_written(blocks.markdown_of(message), bot_user_id),
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**json.loads(text))

    def to_json(self) -> str:
        """A form that a button or a view can carry, with as much of the text as fits."""
        carried = self
        while len(written := json.dumps(asdict(carried), ensure_ascii=False)) > _CARRIED:
            text = carried.text.removesuffix("\u2026")
            carried = replace(carried, text=f"{text[: len(text) * 9 // 10]}\u2026")
        return written


def _link(domain: str, channel: str, ts: str, thread: str) -> str:
    """What "Copy link" copies; made here, since Slack tells no link of a private message."""
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return link if ts == thread else f"{link}?thread_ts={thread}&cid={channel}"
