"""Deletes what is kept of people: on their own request, or when their workspace leaves.

Slack's messages stay, as do ids that hold no text: see docs/decisions/0016.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from bot.state.feedback import feedback_key
from bot.state.records import record_key
from bot.state.table import ConditionFailed, Item, Table


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much of a person was deleted."""

    questions: int
    ratings: int


def forget_person(table: Table, person: str) -> Forgotten:
    """Delete the records of all that a person ("team:user") asked, and their feedback.

    What others said of the answers goes too, since it quotes the questions.
    """
    kept = list(table.of_person(person))
    keys = [item["pk"]["S"] for item in kept]
    ratings = [key for key in keys if key.startswith("feedback#")]
    for rating in ratings:
        _leave(table, rating, person)
    table.delete(key for item in kept for key in _keys(item))
    # Edits of questions have a person, too: also of those that got no answer, and so no record.
    questions = {key.partition("#")[2] for key in keys if key not in ratings}
    return Forgotten(questions=len(questions), ratings=len(ratings))


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
