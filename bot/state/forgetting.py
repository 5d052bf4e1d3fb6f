"""Deletes what is kept of people: on their own request, or when their workspace leaves.

Slack's messages stay, as do ids that hold no text: see docs/decisions/0016.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from bot.state.feedback import feedback_key
from bot.state.records import record_key
from bot.state.table import DAY, ConditionFailed, Item, Table

_DAYS = 30
"""Longer than both queues together keep a message (4 and 14 days)."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much of a person was deleted."""

    questions: int
    ratings: int


def forget_person(table: Table, person: str, now: float) -> Forgotten:
    """Delete the records of all that a person ("team:user") asked, and their feedback.

    What others said of the answers goes too, since it quotes the questions. The moment is noted
    first: what was asked before it and is still answered leaves no record.
    """
    table.put(f"forgotten#{person}", {"moment": now, "ttl": int(now) + _DAYS * DAY})
    kept = list(table.of_person(person))  # forms too, which count as nothing
    keys = [item["pk"]["S"] for item in kept]
    ratings = [key for key in keys if key.startswith("feedback#")]
    for rating in ratings:
        _leave(table, rating, person)
    table.delete(key for item in kept for key in _keys(item))
    # Edits of questions have a person, too: also of those that got no answer, and so no record.
    questions = {key.partition("#")[2] for key in keys if key.startswith(("record#", "change#"))}
    return Forgotten(questions=len(questions), ratings=len(ratings))


def forgotten_at(table: Table, person: str) -> float:
    """When a person last had all deleted, in epoch seconds; 0 where they never have."""
    item = table.one(f"forgotten#{person}")
    return float(item["moment"]["N"]) if item else 0.0


def delete_record(table: Table, question_id: str) -> None:
    """Delete what is kept of one question, where its asker has had all deleted meanwhile."""
    table.delete([record_key(question_id), f"change#{question_id}"])


def forget_workspace(table: Table, team: str, until: float) -> int:
    """Delete what is kept of everybody of a workspace from before `until`; returns how much."""
    kept = [
        item
        for item in table.of_everybody()
        if item["person"]["S"].startswith(f"{team}:") and float(item["at"]["N"]) <= until
    ]
    table.delete(key for item in kept for key in _keys(item))
    return len(kept)


def _keys(item: Item) -> Iterator[str]:
    """An item's key; of a record also those of the question's edit and of its ratings."""
    key: str = item["pk"]["S"]
    yield key
    if key.startswith("record#"):
        question_id = key.removeprefix("record#")
        yield f"change#{question_id}"
        for rater in item.get("raters", {}).get("SS", ()):
            yield feedback_key(question_id, rater)


def _leave(table: Table, rating: str, person: str) -> None:
    """Take a person out of the raters of a record that stays."""
    question_id = rating.removeprefix("feedback#").removesuffix(f"#{person}")
    with suppress(ConditionFailed):
        table.update(
            record_key(question_id),
            "DELETE raters :rater",
            {":rater": {"SS": [person]}},
            condition="attribute_exists(pk)",
        )
