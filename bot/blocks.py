"""Pure builders of what Slack shows: Markdown that pings nobody, parts that fit, sources."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

PART_BYTES = 9_000
"""Slack ends a streamed message near 10.6 kB (see docs/decisions/0004)."""

_WHOLE_LINES = 1_500
"""How many bytes before the limit a stream goes on by whole lines."""

_CONTEXT = 2_900
"""Slack takes 3,000 characters in a text of a context block."""

STOPPED = "Stopped."
_STOPPED_ID = "stopped"
TRY_AGAIN = "try_again"

_TITLE = 200

_FENCE = re.compile(r"^[ \t]*(```+|~~~+)([^\n`]*)$", re.MULTILINE)
_TOKEN = re.compile(r"<([^<>]+)>")


def harmless(text: str) -> str:
    """Escape what Slack would read as a mention, a link or an entity; it shows as written."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def as_written(text: str, bot_user_id: str) -> str:
    """What a person typed: Slack's escapes undone and mentions of the bot taken out."""
    text = _TOKEN.sub(lambda token: _plain(token[1], bot_user_id), text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def title(text: str) -> str:
    """The first line of what a person typed, as long as Slack takes a session's title."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= _TITLE else f"{line[: _TITLE - 1]}\u2026"


def _plain(token: str, bot_user_id: str) -> str:
    """What stands between Slack's angle brackets, as a person would read it."""
    target, _, label = token.partition("|")
    if target == f"@{bot_user_id}":
        return " "
    if target.startswith("@"):
        return f"@{label or 'someone'}"
    if target.startswith("#"):
        return f"#{label or 'channel'}"
    return label or f"@{target[1:]}" if target.startswith("!") else target


def room_for(shown: str, text: str, limit: int = PART_BYTES, *, final: bool = True) -> int:
    """How many characters of `text` to show now below `shown`, in a message of `limit` bytes.

    All of it where it fits. Near the limit only whole lines, so that the next message begins with
    a line: unless it is `final`, a line that has not ended yet is held back. 0: nothing more.
    """
    used, size = len(shown.encode()), len(text.encode())
    if used + size <= (limit if final else limit - _WHOLE_LINES):
        return len(text)
    head = text.encode()[: max(limit - used, 0)].decode(errors="ignore")
    line = max(head.rfind("\n\n", len(head) // 2) + 2, head.rfind("\n") + 1)
    if line > 1 or used + size <= limit or shown.endswith("\n"):
        return line if line > 1 else 0
    for separator in (". ", " "):
        cut = head.rfind(separator, len(head) // 2)
        if cut >= 0:
            return cut + len(separator)
    return 0 if shown else len(head)


def fits(shown: str, text: str, limit: int = PART_BYTES) -> bool:
    """Whether one message holds both."""
    return len(shown.encode()) + len(text.encode()) <= limit


def open_fence(text: str) -> str:
    """The opening line of a code fence that `text` leaves open, or the empty string."""
    opening, ticks = "", ""
    for match in _FENCE.finditer(text):
        if not opening:
            opening, ticks = match[0], match[1]
        elif match[1].startswith(ticks) and not match[2].strip():
            opening = ""
    return opening


def closing(fence: str) -> str:
    """What ends the code block that `fence` opened; empty for no fence."""
    return "\n" + _FENCE.sub(r"\1", fence) if fence else ""


def roll_over(text: str, limit: int = PART_BYTES) -> list[str]:
    """Split Markdown into messages of about `limit` UTF-8 bytes, re-opening code fences."""
    parts: list[str] = []
    start = ""
    while text:
        cut = room_for("", text, limit - len(start.encode()))
        part, text = start + text[:cut], text[cut:]
        fence = open_fence(part)
        parts.append(part + (closing(fence) if text else ""))
        start = f"{fence}\n" if fence else ""
    return parts or [""]


def notes(remarks: Sequence[str], sources: Sequence[str]) -> list[dict[str, Any]]:
    """The quiet lines below an answer: remarks on how it was made, and where it comes from."""
    lines = [*remarks, *(["Sources: " + " · ".join(sources)] if sources else [])]
    return [
        {"type": "context", "elements": [{"type": "mrkdwn", "text": harmless(line)[:_CONTEXT]}]}
        for line in lines
    ]


def markdown_of(message: Mapping[str, Any]) -> str:
    """What a message says: its Markdown where it has some, since its `text` may be cut."""
    parts = [block["text"] for block in message.get("blocks", ()) if block["type"] == "markdown"]
    return "\n".join(parts) or str(message.get("text", ""))


def message(text: str, below: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """A whole message of Markdown, with blocks below it."""
    return [{"type": "markdown", "text": text}, *below]


def stopped() -> dict[str, Any]:
    """What stands below an answer that a person stopped."""
    text = {"type": "mrkdwn", "text": STOPPED}
    return {"type": "context", "block_id": _STOPPED_ID, "elements": [text]}


def is_stopped(message: Mapping[str, Any]) -> bool:
    """Whether a message is already marked as stopped."""
    return any(block.get("block_id") == _STOPPED_ID for block in message.get("blocks", ()))


def apology(name: str, question: str) -> str:
    """What a person reads when every attempt has failed. `question` becomes the reference."""
    reference = hashlib.sha256(question.encode()).hexdigest()[:8]
    return (
        f"Sorry, {name} could not answer this: something on its side kept failing."
        f" Try again in a few minutes, here or with a new question. If it happens again, tell the"
        f" people who run {name} this reference: `{reference}`."
    )


def try_again(question: str) -> dict[str, Any]:
    """The button below an apology that has `question` answered once more."""
    button = {
        "type": "button",
        "action_id": TRY_AGAIN,
        "text": {"type": "plain_text", "text": "Try again"},
        "value": question,
    }
    return {"type": "actions", "elements": [button]}
