"""Builds and reads question messages: the bot posts one for a question that has no message.

The id of its first block contains the question's id. By it the message is found after a kill, and
never taken for an answer.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from bot.slack.ui import blocks

_PREFIX = "asked-"
_ASKER = re.compile(r"<@(\w+)>")  # <@U0123>
_SECTION = 2_800
"""Slack takes 3,000 characters in a section, escapes included."""

POSTED = "question_posted"
"""The type of the event that tells the worker of a question message that it has posted."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a question was asked whose answer goes to direct messages."""

    channel: str
    ts: str
    thread: str

    @classmethod
    def read(cls, id: str) -> Self | None:  # noqa: A002 - as a `QuestionMessage` calls it
        """Read the id of a question message; None if it has another form."""
        parts = id.split(":")
        return cls(*parts) if len(parts) == len(fields(cls)) else None

    @property
    def id(self) -> str:
        """Such as "C0123:1700000000.000100:1700000000.000100"."""
        return f"{self.channel}:{self.ts}:{self.thread}"


@dataclass(frozen=True, slots=True)
class QuestionMessage:
    """The id, author and text of a question that was posted by the bot."""

    id: str
    user: str
    text: str


def posted_directly(question: QuestionMessage, channel: str) -> dict[str, Any]:
    """The message in direct messages under which a question of a channel is answered."""
    return _posted(question, f"<@{question.user}> asked in <#{channel}>:")


def posted(question: QuestionMessage, about: str = "", quoted: str = "") -> dict[str, Any]:
    """The `text` and `blocks` of the message: "@ada asks about …:", what is quoted, the question.

    `about` is mrkdwn of our own; the rest is what people wrote, and pings nobody.
    """
    return _posted(
        question, f"<@{question.user}> asks{f' about {about}' if about else ''}:", quoted
    )


def _posted(question: QuestionMessage, line: str, quoted: str = "") -> dict[str, Any]:
    lead = {"type": "mrkdwn", "text": line}
    quote = "\n".join(f"> {part}" for part in blocks.harmless(quoted).splitlines())
    return {
        "text": f"{line} {question.text}"[:_SECTION],
        "blocks": [
            {"type": "context", "block_id": f"{_PREFIX}{question.id}", "elements": [lead]},
            *([_section(quote[:_SECTION])] if quote else []),
            *(_section(part, f"text-{n}") for n, part in enumerate(_cut(question.text))),
        ],
    }


def read(post: Mapping[str, Any], bot_user_id: str) -> QuestionMessage | None:
    """The question of a message; None unless it is a question message of the bot's.

    With other authors' messages anybody could ask in another person's name.
    """
    if post.get("user") != bot_user_id:
        return None
    post_blocks: Sequence[Mapping[str, Any]] = post.get("blocks") or ({},)
    name = str(post_blocks[0].get("block_id", ""))
    if not name.startswith(_PREFIX):
        return None
    asker = _ASKER.search(post_blocks[0]["elements"][0]["text"])
    text = [b["text"]["text"] for b in post_blocks if b.get("block_id", "").startswith("text-")]
    return QuestionMessage(name.removeprefix(_PREFIX), asker[1] if asker else "", "".join(text))


def _cut(text: str) -> list[str]:
    return [text[at : at + _SECTION] for at in range(0, len(text), _SECTION)]


def _section(text: str, name: str = "") -> dict[str, Any]:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return block | ({"block_id": name} if name else {})
