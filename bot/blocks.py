"""Pure builders of what Slack shows: Markdown that pings nobody, parts that fit, sources."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

PART_BYTES = 9_000
"""Slack ends a streamed message near 10.6 kB (see docs/decisions/0004)."""

_CONTEXT = 2_900
"""Slack takes 3,000 characters in a text of a context block."""

_FENCE = re.compile(r"^[ \t]*(```+|~~~+)([^\n`]*)$", re.MULTILINE)
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")


def harmless(text: str) -> str:
    """Escape what Slack would read as a mention, a link or an entity; it shows as written."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def as_written(text: str, bot_user_id: str) -> str:
    """What a person typed: Slack's escapes undone and mentions of the bot taken out."""
    text = text.replace(f"<@{bot_user_id}>", " ")
    text = _MENTION.sub("someone", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def room_for(shown: str, text: str, limit: int = PART_BYTES) -> int:
    """How many characters of `text` still fit under `shown` in a message, cut where it reads well.

    All of it where it fits. Otherwise up to the last paragraph, line, sentence or word end, and
    0 where nothing fits well any more.
    """
    room = limit - len(shown.encode())
    if len(text.encode()) <= room:
        return len(text)
    head = text.encode()[: max(room, 0)].decode(errors="ignore")
    for separator in ("\n\n", "\n", ". ", " "):
        cut = head.rfind(separator)
        if cut > len(head) // 2:
            return cut + len(separator)
    return len(head) if not shown else 0


def open_fence(text: str) -> str:
    """The opening line of a code fence that `text` leaves open, or the empty string."""
    opening = ""
    for match in _FENCE.finditer(text):
        if not opening:
            opening = match.group(0)
        elif match.group(1).startswith(opening.strip()[:3]) and not match.group(2).strip():
            opening = ""
    return opening


def roll_over(text: str, limit: int = PART_BYTES) -> list[str]:
    """Split Markdown into messages of about `limit` UTF-8 bytes, re-opening code fences."""
    parts: list[str] = []
    start = ""
    while text:
        cut = room_for(start, text, limit) or len(text)
        part, text = start + text[:cut], text[cut:]
        fence = open_fence(part)
        parts.append(part + ("\n```" if fence and text else ""))
        start = f"{fence}\n" if fence else ""
    return parts or [""]


def notes(remarks: Sequence[str], sources: Sequence[str]) -> list[dict[str, Any]]:
    """The quiet lines below an answer: remarks on how it was made, and where it comes from."""
    lines = [*remarks, *(["Sources: " + " · ".join(sources)] if sources else [])]
    return [
        {"type": "context", "elements": [{"type": "mrkdwn", "text": harmless(line)[:_CONTEXT]}]}
        for line in lines
    ]


def message(text: str, below: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """A whole message of Markdown, with blocks below it."""
    return [{"type": "markdown", "text": text}, *below]


def apology(name: str, question: str) -> str:
    """What a person reads when every attempt has failed. `question` becomes the reference."""
    reference = hashlib.sha256(question.encode()).hexdigest()[:8]
    return (
        f"Sorry, {name} could not answer this: something on its side kept failing."
        f" Please ask again in a few minutes. If it happens again, tell the people who run"
        f" {name} this reference: `{reference}`."
    )
