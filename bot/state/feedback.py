"""Ratings of answers, one for each person and answer, and what people would have liked better.

A rating copies the record that it rates, so that it can be read after the record has expired.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Self

from bot.state.records import CitedSource, record_key, trace_id
from bot.state.table import DAY, ConditionFailed, Item, Table, number, plain

Verdict = Literal["up", "down"]

_PREFIX = "feedback#"
_COPIED = (
    *("question", "answer", "sources", "limited", "has_earlier"),
    *("model", "input_tokens", "output_tokens", "cost"),
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's rating. The copied fields are empty if the record had expired before it."""

    question_id: str
    trace_id: str
    person: str
    at: float
    verdict: Verdict
    wish: str
    question: str
    answer: str
    sources: tuple[CitedSource, ...]
    model: str
    input_tokens: int
    output_tokens: int
    cost: float
    limited: bool = False
    has_earlier: bool = False

    @classmethod
    def from_plain(cls, item: Mapping[str, Any]) -> Self:
        return cls(
            question_id=item["question_id"],
            trace_id=item["trace_id"],
            person=item["person"],
            at=item["at"],
            verdict=item["verdict"],
            wish=item.get("wish", ""),
            question=item.get("question", ""),
            answer=item.get("answer", ""),
            sources=tuple(map(CitedSource.from_plain, item.get("sources", ()))),
            model=item.get("model", ""),
            input_tokens=int(item.get("input_tokens", 0)),
            output_tokens=int(item.get("output_tokens", 0)),
            cost=item.get("cost", 0.0),
            limited=bool(item.get("limited", False)),
            has_earlier=bool(item.get("has_earlier", False)),
        )


def rate(table: Table, question_id: str, person: str, verdict: Verdict, days: int) -> None:
    """Save a person's verdict on an answer for `days`; it replaces an earlier one."""
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
    """Add what a person would have liked better to their verdict, unless that has expired."""
    with suppress(ConditionFailed):
        table.put(
            feedback_key(question_id, person),
            {"wish": text},
            condition="attribute_exists(pk)",
        )


def every(table: Table) -> Iterator[Feedback]:
    """All feedback that has not expired, in no order. Reads the whole table."""
    for item in table.starting_with(_PREFIX):
        feedback = plain(item)
        if feedback["ttl"] > time.time():  # DynamoDB may delete expired items days later
            yield Feedback.from_plain(feedback)


def feedback_key(question_id: str, person: str) -> str:
    return f"{_PREFIX}{question_id}#{person}"


def _note_rater(table: Table, question_id: str, person: str, ttl: int) -> Item:
    """Note the rater in the rated record, extend its life to the rating's, and return it.

    By the record's raters, whoever asked can have the copies deleted, too.
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
