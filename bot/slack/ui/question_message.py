"""The message that the bot posts for a question that has none of its own: made, and recognised.

Its first block's id names the question, so that it is found again after a kill, and never taken
for an answer.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from bot.slack.ui import blocks

_PREFIX = "asked-"
_ASKER = re.compile(r"<@(\w+)>")
_SECTION = 2_800
"""Slack takes 3,000 characters in a section; escapes have been counted by then."""


POSTED = "question_posted"
"""The type of the event by which the worker hears of a question that it has posted."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a question was asked whose answer goes to direct messages."""

    channel: str
    ts: str
    thread: str

    @classmethod
    def read(cls, id: str) -> Self | None:  # noqa: A002 - as an `QuestionMessage` calls it
        """From the id of a posted question; None where it has another origin."""
        parts = id.split(":")
        return cls(*parts) if len(parts) == len(fields(cls)) else None

    @property
    def id(self) -> str:
        """Such as "C0123:1700000000.000100:1700000000.000100"."""
        return f"{self.channel}:{self.ts}:{self.thread}"


@dataclass(frozen=True, slots=True)
class QuestionMessage:
    """A posted question: who asked, and what."""

    id: str
    user: str
    text: str


def posted_directly(asked: QuestionMessage, channel: str) -> dict[str, Any]:
    """The message in direct messages under which a question of a channel is answered."""
    return _posted(asked, f"<@{asked.user}> asked in <#{channel}>:")


def posted(asked: QuestionMessage, about: str = "", quoted: str = "") -> dict[str, Any]:
    """The `text` and `blocks` of the message: "@ada asks about …:", what is quoted, the question.

    `about` is mrkdwn of our own; the rest is what people wrote, and pings nobody.
    """
    return _posted(asked, f"<@{asked.user}> asks{f' about {about}' if about else ''}:", quoted)


def _posted(asked: QuestionMessage, line: str, quoted: str = "") -> dict[str, Any]:
    lead = {"type": "mrkdwn", "text": line}
    quote = "\n".join(f"> {part}" for part in blocks.harmless(quoted).splitlines())
    return {
        "text": f"{line} {asked.text}"[:_SECTION],
        "blocks": [
            {"type": "context", "block_id": f"{_PREFIX}{asked.id}", "elements": [lead]},
            *([_section(quote[:_SECTION])] if quote else []),
            *(_section(part, f"text-{n}") for n, part in enumerate(_cut(asked.text))),
        ],
    }


def read(post: Mapping[str, Any], bot_user_id: str) -> QuestionMessage | None:
    """The question that the bot posted a message for, or None for any other message.

    Anybody else could ask in another person's name.
    """
    if post.get("user") != bot_user_id:
        return None
    shown: Sequence[Mapping[str, Any]] = post.get("blocks") or ({},)
    name = str(shown[0].get("block_id", ""))
    if not name.startswith(_PREFIX):
        return None
    asker = _ASKER.search(shown[0]["elements"][0]["text"])
    text = [b["text"]["text"] for b in shown if b.get("block_id", "").startswith("text-")]
    return QuestionMessage(name.removeprefix(_PREFIX), asker[1] if asker else "", "".join(text))


def _cut(text: str) -> list[str]:
    return [text[at : at + _SECTION] for at in range(0, len(text), _SECTION)]


def _section(text: str, name: str = "") -> dict[str, Any]:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return block | ({"block_id": name} if name else {})
