"""Records of answered questions. They expire after the days that the environment's row says.

Feedback copies from a record, and "Show sources" reads it. See docs/decisions/0016.
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
class CitedSource:
    """A source that an answer cites: `path` is its title and headings, `text` what it says there.

    `channels` and `groups` are those that the document was limited to when it was cited.
    `passages` are digests of the cited passages, by which they are found in a later index. Of an
    attachment only the name is saved.
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
    def from_plain(cls, item: Mapping[str, Any]) -> Self:
        lists = {name: tuple(item.get(name, ())) for name in ("channels", "groups", "passages")}
        # Another version of the bot may have saved more fields.
        values = {field.name: item[field.name] for field in fields(cls) if field.name in item}
        return cls(**{**values, **lists})

    @property
    def is_limited(self) -> bool:
        return bool(self.channels or self.groups)


@dataclass(frozen=True, slots=True)
class Record:
    """One answered question (team:channel:ts). `person` is "team:user", `cost` in dollars.

    `limited`: the answer may quote documents that are not for everyone. `has_earlier`: it was made
    from other messages too, which may quote such documents.
    """

    question_id: str
    person: str
    at: float
    question: str
    answer: str
    sources: tuple[CitedSource, ...]
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
    def from_plain(cls, item: Mapping[str, Any]) -> Self:
        return cls(
            question_id=item["question_id"],
            person=item["person"],
            at=item["at"],
            question=item["question"],
            answer=item["answer"],
            sources=tuple(map(CitedSource.from_plain, item["sources"])),
            model=item["model"],
            input_tokens=int(item["input_tokens"]),
            output_tokens=int(item["output_tokens"]),
            cost=item["cost"],
            ending=item["ending"],
            limited=bool(item.get("limited", False)),
            has_earlier=bool(item.get("has_earlier", False)),
        )


def trace_id(question_id: str) -> str:
    """The id of the question's trace: 32 hexadecimal digits, derived from the question's id."""
    return hashlib.sha256(question_id.encode()).hexdigest()[:32]


def keep(table: Table, record: Record, days: int) -> None:
    """Save a record for `days`. Texts that are too long are cut, with a note that says so."""
    fields = asdict(record) | {
        "question": _cut(record.question, _QUESTION_BYTES),
        "answer": _cut(record.answer, _ANSWER_BYTES),
        "sources": [_shortened(source) for source in record.sources],
        "trace_id": record.trace_id,
        "ttl": int(time.time()) + days * DAY,
    }
    table.put(record_key(record.question_id), fields)


def find(table: Table, question_id: str) -> Record | None:
    """The record of a question, unless it has none or it has expired."""
    item = plain(table.item(record_key(question_id)))
    return Record.from_plain(item) if item and item["ttl"] > time.time() else None


def record_key(question_id: str) -> str:
    return f"record#{question_id}"


def beginning(text: str) -> str:
    """The first 500 characters of a source's text, up to the end of a word."""
    if len(text) <= _PASSAGE_CHARACTERS:
        return text
    return text[:_PASSAGE_CHARACTERS].rsplit(maxsplit=1)[0] + " …"


def _shortened(source: CitedSource) -> dict[str, Any]:
    return asdict(source) | {"text": beginning(source.text)}


def _cut(text: str, limit: int) -> str:
    whole = text.encode()
    if len(whole) <= limit:
        return text
    return f"{whole[:limit].decode(errors='ignore')} … [cut here: {len(text)} characters in all]"
