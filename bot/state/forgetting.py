"""Deletes what is saved of people: on their own request, or when their workspace leaves.

Messages in Slack stay, and so do ids without text: see docs/decisions/0016.
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
    """Delete the records of a person's ("team:user") questions, and their feedback.

    Other people's ratings of the answers go too, since they quote the questions. The time is saved
    first, so that questions from before it that are still being answered leave no record.
    """
    table.put(f"forgotten#{person}", {"moment": now, "ttl": int(now) + _DAYS * DAY})
    items = list(table.of_person(person))  # forms too, which are not counted
    keys = [item["pk"]["S"] for item in items]
    ratings = [key for key in keys if key.startswith("feedback#")]
    for rating in ratings:
        _leave(table, rating, person)
    table.delete(key for item in items for key in _keys(item))
    # Edits have a person, too, also those of questions without an answer and so without a record.
    questions = {key.partition("#")[2] for key in keys if key.startswith(("record#", "change#"))}
    return Forgotten(questions=len(questions), ratings=len(ratings))


def forgotten_at(table: Table, person: str) -> float:
    """When a person last had everything deleted, in epoch seconds; 0 if never."""
    item = table.item(f"forgotten#{person}")
    return float(item["moment"]["N"]) if item else 0.0


def delete_record(table: Table, question_id: str) -> None:
    """Delete the record of one question, whose asker has had everything deleted meanwhile."""
    table.delete([record_key(question_id), f"change#{question_id}"])


def forget_workspace(table: Table, team: str, until: float) -> int:
    """Delete the items of a workspace's people from before `until`; returns their number."""
    items = [
        item
        for item in table.of_everybody()
        if item["person"]["S"].startswith(f"{team}:") and float(item["at"]["N"]) <= until
    ]
    table.delete(key for item in items for key in _keys(item))
    return len(items)


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
