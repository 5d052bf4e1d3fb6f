"""What people think of answers: one rating of each person for each answer, and what they wished.

A rating holds a copy of what it rates, so that it says something when the record has gone.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Self

from bot.state.records import Cited, record_key, trace_id
from bot.state.table import DAY, ConditionFailed, Item, Table, number, plain

Verdict = Literal["up", "down"]

_PREFIX = "feedback#"
_COPIED = (
    *("question", "answer", "sources", "limited", "has_earlier"),
    *("model", "input_tokens", "output_tokens", "cost"),
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's rating. What was rated is empty where its record had gone before the rating."""

    question_id: str
    trace_id: str
    person: str
    at: float
    verdict: Verdict
    wish: str
    question: str
    answer: str
    sources: tuple[Cited, ...]
    model: str
    input_tokens: int
    output_tokens: int
    cost: float
    limited: bool = False
    has_earlier: bool = False

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> Self:
        return cls(
            question_id=kept["question_id"],
            trace_id=kept["trace_id"],
            person=kept["person"],
            at=kept["at"],
            verdict=kept["verdict"],
            wish=kept.get("wish", ""),
            question=kept.get("question", ""),
            answer=kept.get("answer", ""),
            sources=tuple(map(Cited.from_plain, kept.get("sources", ()))),
            model=kept.get("model", ""),
            input_tokens=int(kept.get("input_tokens", 0)),
            output_tokens=int(kept.get("output_tokens", 0)),
            cost=kept.get("cost", 0.0),
            limited=bool(kept.get("limited", False)),
            has_earlier=bool(kept.get("has_earlier", False)),
        )


def rate(table: Table, question_id: str, person: str, verdict: Verdict, days: int) -> None:
    """Keep a person's verdict on an answer, in the place of an earlier one."""
    ttl = int(time.time()) + days * DAY
    rated = plain(_note_rater(table, question_id, person, ttl))
    fields = {
        "question_id": question_id,
        "trace_id": trace_id(question_id),
        "person": person,
        "at": time.time(),
        "verdict": verdict,
        "ttl": ttl,
        **{name: rated[name] for name in _COPIED if name in rated},
    }
    table.put(
        feedback_key(question_id, person), fields, without=["wish"] if verdict == "up" else []
    )


def wish(table: Table, question_id: str, person: str, text: str) -> None:
    """Add what a person would have liked better to their verdict, if that is still kept."""
    with suppress(ConditionFailed):
        table.put(
            feedback_key(question_id, person),
            {"wish": text},
            condition="attribute_exists(pk)",
        )


def every(table: Table) -> Iterator[Feedback]:
    """All feedback that is kept, in no order. Reads the whole table."""
    for item in table.starting_with(_PREFIX):
        kept = plain(item)
        if kept["ttl"] > time.time():  # DynamoDB may take days to delete what is over
            yield Feedback.from_plain(kept)


def feedback_key(question_id: str, person: str) -> str:
    return f"{_PREFIX}{question_id}#{person}"


def _note_rater(table: Table, question_id: str, person: str, ttl: int) -> Item:
    """The record that is rated, which now lives as long as its rating and knows of it.

    So whoever asked can have the copies deleted, too.
    """
    try:
        return table.update(
            record_key(question_id),
            "SET #ttl = :ttl ADD raters :rater",
            {":ttl": number(ttl), ":rater": {"SS": [person]}},
            condition="attribute_exists(pk)",
            names={"#ttl": "ttl"},
        )
    except ConditionFailed:
        return {}
