"""Pure builders of views: App Home and modals."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import blocks

_TITLES = 20
_TITLE = 100
"""Twenty titles of a hundred characters fit a section's 3,000."""


@dataclass(frozen=True, slots=True)
class Home:
    """What App Home tells. `ways` are how people ask, `examples` questions worth asking."""

    name: str
    ways: Sequence[str]
    titles: Sequence[str]
    since: datetime | None
    examples: Sequence[str]
    below: Sequence[dict[str, Any]] = ()


def home(told: Home) -> dict[str, Any]:
    """App Home. Its `private_metadata` changes with what it tells, and only then."""
    shown = [
        _section(f"*{told.name}* answers from your company's documents, and names its sources."),
        _header("Where to ask"),
        _section(_list(told.ways)),
        _header(f"What {told.name} knows"),
        *_known(told),
        _header("How to ask well"),
        _section(_list(_tips(told.examples))),
        *told.below,
    ]
    fingerprint = hashlib.sha256(json.dumps(shown).encode()).hexdigest()
    return {"type": "home", "blocks": shown, "private_metadata": fingerprint}


def _known(told: Home) -> list[dict[str, Any]]:
    if not told.titles:
        return [_section("No documents yet. The people who run it can add them.")]
    count = len(told.titles)
    titles = [blocks.harmless(_cut(title)) for title in told.titles[:_TITLES]]
    rest = [f"and {count - _TITLES} more"] if count > _TITLES else []
    number = f"{count} document{'s' if count > 1 else ''}"
    fresh = [_context(f"{number}, last updated {_date(told.since)}")] if told.since else []
    return [_section(_list([*titles, *rest])), *fresh]


def _tips(examples: Sequence[str]) -> list[str]:
    tried = [f"Try: _{blocks.harmless(_cut(example))}_" for example in examples]
    return [
        "*Ask a whole question.* \u201cHow do I undo a release?\u201d finds more than"
        " \u201crelease?\u201d",
        "*Say the exact words:* an error's text, a setting's name.",
        "*Follow up in the same thread.* \u201cAnd on Fridays?\u201d is enough there;"
        " for another subject, start a new one.",
        "*Look at the sources* below an answer where it matters.",
        *tried,
    ]


def _date(moment: datetime) -> str:
    """A date that Slack shows in the reader's own time zone."""
    plain = moment.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{plain}>"


def _cut(text: str, limit: int = _TITLE) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}\u2026"


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"\u2022 {line}" for line in lines)


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def _header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}
