"""What was asked and answered: kept for as long as the environment's row says, or less on request.

Feedback copies from it, "Show sources" shows from it. See docs/decisions/0016.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from bot.state.table import DAY, Table, plain

_PASSAGE_CHARACTERS = 500
_QUESTION_BYTES, _ANSWER_BYTES = 40_000, 200_000
"""DynamoDB takes 400 kB for one item, sources and all."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A source that an answer cites: document and headings, its file, and what stands there.

    With channels or groups the document was limited to these when it was cited. `passages` are the
    digests of what was cited: by them it is found again, as far as it still stands there. Of a file
    that was dropped in, nothing but its name is kept.
    """

    path: str
    file: str
    text: str
    url: str = ""
    updated: str = ""
    channels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    is_attachment: bool = False

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> Self:
        lists = {name: tuple(kept.get(name, ())) for name in ("channels", "groups", "passages")}
        # Another version may have kept more.
        known = {field.name: kept[field.name] for field in fields(cls) if field.name in kept}
        return cls(**{**known, **lists})

    @property
    def is_limited(self) -> bool:
        return bool(self.channels or self.groups)


@dataclass(frozen=True, slots=True)
class Record:
    """One answered question (team:channel:ts). `person` is "team:user", `cost` in dollars.

    `limited`: whether the answer may say what was not for everyone; `has_earlier`: whether earlier
    messages were read for it, or another one that it is about, which may say such things.
    """

    question_id: str
    person: str
    at: float
    question: str
    answer: str
    sources: tuple[Cited, ...]
    model: str
    input_tokens: int
    output_tokens: int
    cost: float
    ending: str
    limited: bool = False
    has_earlier: bool = False

    @property
    def trace_id(self) -> str:
        return trace_id(self.question_id)

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> Self:
        return cls(
            question_id=kept["question_id"],
            person=kept["person"],
            at=kept["at"],
            question=kept["question"],
            answer=kept["answer"],
            sources=tuple(map(Cited.from_plain, kept["sources"])),
            model=kept["model"],
            input_tokens=int(kept["input_tokens"]),
            output_tokens=int(kept["output_tokens"]),
            cost=kept["cost"],
            ending=kept["ending"],
            limited=bool(kept.get("limited", False)),
            has_earlier=bool(kept.get("has_earlier", False)),
        )


def trace_id(question_id: str) -> str:
    """The question's trace, 32 hexadecimal digits: anyone who knows the question can name it."""
    return hashlib.sha256(question_id.encode()).hexdigest()[:32]


def keep(table: Table, record: Record, days: int) -> None:
    """Keep a record for so many days. Longer texts than fit are cut, and say so."""
    fields = asdict(record) | {
        "question": _cut(record.question, _QUESTION_BYTES),
        "answer": _cut(record.answer, _ANSWER_BYTES),
        "sources": [_shortened(source) for source in record.sources],
        "trace_id": record.trace_id,
        "ttl": int(time.time()) + days * DAY,
    }
    table.put(record_key(record.question_id), fields)


def find(table: Table, question_id: str) -> Record | None:
    """The record of a question, as long as it is kept."""
    kept = plain(table.one(record_key(question_id)))
    return Record.from_plain(kept) if kept and kept["ttl"] > time.time() else None


def record_key(question_id: str) -> str:
    return f"record#{question_id}"


def beginning(text: str) -> str:
    """The beginning of what stands at a source, up to the end of a word."""
    if len(text) <= _PASSAGE_CHARACTERS:
        return text
    return text[:_PASSAGE_CHARACTERS].rsplit(maxsplit=1)[0] + " …"


def _shortened(source: Cited) -> dict[str, Any]:
    return asdict(source) | {"text": beginning(source.text)}


def _cut(text: str, limit: int) -> str:
    whole = text.encode()
    if len(whole) <= limit:
        return text
    return f"{whole[:limit].decode(errors='ignore')} … [cut here: {len(text)} characters in all]"
