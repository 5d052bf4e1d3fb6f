"""The list of sources below an answer: their numbers, titles as links, and dates.

Titles and addresses come from documents, so they are escaped: Slack must not read anything else
in them. Why they are in a context block: docs/decisions/0028.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import quote, urlsplit

from bot.answering.events import Citation
from bot.markdown import harmless

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_TITLE = 150
"""Characters of a title."""
_ADDRESS = 500
"""Characters of an address, above which a title is no link."""
_LISTED = 2_700
"""Characters of all sources together: Slack takes 3,000 in one text."""
_REST = 20
"""Characters of "and 12 more"."""

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")  # [Guide](https://a.b)
_MARKS = re.compile(r"[`*~]+")  # the marks of "`code`", "**bold**", "~~old~~"
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of text: https://www.unicode.org/reports/tr9/."""
_ISOLATED = "\u2068{}\u2069"
"""Keeps a title from right to left from changing the order of the text beside it."""
_UNSAFE = re.compile(r"[\s<>|\"\\\x00-\x1f\x7f]")  # what would end <https://a.b|title>


def listed(citations: Sequence[Citation], label: str = "Sources") -> str:
    """All sources in mrkdwn, a line each: "[2] Deploying \u203a Staging, 3 Mar 2026"."""
    lines = list(
        _fitting([_line(number, citation) for number, citation in enumerate(citations, 1)])
    )
    if rest := len(citations) - len(lines):
        lines.append(f"and {rest} more")
    return f"{label}:{' ' if len(lines) == 1 else chr(10)}" + "\n".join(lines) if lines else ""


def title(text: str, limit: int = _TITLE) -> str:
    """A document's title or a heading as mrkdwn, without any markup of its own."""
    text = _MARKS.sub("", _LINK.sub(r"\1", _DIRECTION.sub("", text)))
    text = " ".join("".join(_printable(character) for character in text).split())
    text = text if len(text) <= limit else f"{text[: limit - 1]}\u2026"
    text = harmless(text).replace(">", "&gt;").replace("|", "\u00a6")
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
        return _ISOLATED.format(text)
    return text


def link(url: str, label: str) -> str:
    """A link in mrkdwn; `label`, which is mrkdwn, alone if the address is unsafe or empty."""
    address = _address(url)
    return f"<{address}|{label}>" if address and label else label


def day(updated: str) -> str:
    """An ISO date as people read it, "3 Mar 2026"; empty if it is none."""
    try:
        moment = date.fromisoformat(updated[:10])
    except ValueError:
        return ""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _line(number: int, citation: Citation) -> tuple[str, str]:
    """A source's line with its link, and without."""
    label, when = title(str(citation.source)), day(citation.updated)
    rest = f", {when}" if when else ""
    return f"[{number}] {link(citation.source.url, label)}{rest}", f"[{number}] {label}{rest}"


def _fitting(lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The lines that fit; a line whose link does not fit goes without it."""
    room = _LISTED - _REST
    for linked, plain in lines:
        line = linked if len(linked) < room else plain
        room -= len(line) + 1
        if room < 0:
            return
        yield line


def _address(url: str) -> str:
    """The address as Slack takes it between angle brackets; empty if it is unsafe."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or parts.username is not None:
        return ""
    escaped = _UNSAFE.sub(lambda unsafe: quote(unsafe[0]), url).replace("&", "&amp;")
    return escaped if len(escaped) <= _ADDRESS else ""


def _printable(character: str) -> str:
    return " " if unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs") else character
