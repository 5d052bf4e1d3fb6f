"""How sources are named in Slack: by the numbers of the answer, as links, with their dates.

Titles and addresses come from documents, so nothing in them may be more than a title or an address
to Slack. Why a context block: docs/decisions/0028.
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
_ADDRESS = 500
_LISTED = 2_700
"""How many characters all sources take together: Slack takes 3,000 in one text."""
_REST = 20

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[`*~]+")
_TURNED = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ISOLATED = "\u2068{}\u2069"
"""So that a title from right to left leaves the order of what stands beside it alone."""
_UNSAFE = re.compile(r"[\s<>|\"\\\x00-\x1f\x7f]")


def listed(cited: Sequence[Citation], label: str = "Sources") -> str:
    """All sources in mrkdwn, a line each: "[2] Deploying \u203a Staging, 3 Mar 2026"."""
    lines = list(_fitting([_line(number, one) for number, one in enumerate(cited, 1)]))
    if left := len(cited) - len(lines):
        lines.append(f"and {left} more")
    return f"{label}:{' ' if len(lines) == 1 else chr(10)}" + "\n".join(lines) if lines else ""


def title(text: str, limit: int = _TITLE) -> str:
    """What a document or a heading is called, as mrkdwn that shows just that."""
    text = _MARKS.sub("", _LINK.sub(r"\1", _TURNED.sub("", text)))
    text = " ".join("".join(_shown(character) for character in text).split())
    text = text if len(text) <= limit else f"{text[: limit - 1]}\u2026"
    text = harmless(text).replace(">", "&gt;").replace("|", "\u00a6")
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
        return _ISOLATED.format(text)
    return text


def link(url: str, shown: str) -> str:
    """mrkdwn that opens an address; `shown`, which is mrkdwn, alone where it is none to open."""
    address = _address(url)
    return f"<{address}|{shown}>" if address and shown else shown


def day(updated: str) -> str:
    """An ISO date as people read it, "3 Mar 2026"; nothing where it is none."""
    try:
        found = date.fromisoformat(updated[:10])
    except ValueError:
        return ""
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def _line(number: int, cited: Citation) -> tuple[str, str]:
    """A source's line with its link, and without."""
    shown, when = title(str(cited.source)), day(cited.updated)
    rest = f", {when}" if when else ""
    return f"[{number}] {link(cited.source.url, shown)}{rest}", f"[{number}] {shown}{rest}"


def _fitting(lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    """As many as there is room for; those whose address is too long for it, without a link."""
    room = _LISTED - _REST
    for linked, plain in lines:
        line = linked if len(linked) < room else plain
        room -= len(line) + 1
        if room < 0:
            return
        yield line


def _address(url: str) -> str:
    """The address as Slack takes it between its brackets; empty where it leads nowhere safe."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or parts.username is not None:
        return ""
    found = _UNSAFE.sub(lambda unsafe: quote(unsafe[0]), url).replace("&", "&amp;")
    return found if len(found) <= _ADDRESS else ""


def _shown(character: str) -> str:
    return " " if unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs") else character
