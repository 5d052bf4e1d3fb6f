"""Days are counted right, from the day that it is where the asker is."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.answering.events import Question
from bot.answering.retrieval.index import Index
from bot.answering.tools.dates import count_days
from bot.answering.tools.tool import Context

LATE = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


def counted(zone: int = 0, **arguments: Any) -> str:
    question = Question("", now=lambda: LATE.astimezone(timezone(timedelta(hours=zone))))
    return str(count_days(Context(question, Index.of([]), 0.0), **arguments))


def test_today_is_the_askers() -> None:
    assert counted() == "Today is Sunday, 22 November 2026 (2026-11-22)."
    assert counted(zone=9) == "Today is Monday, 23 November 2026 (2026-11-23)."


@pytest.mark.parametrize(
    ("start", "add", "unit", "day"),
    [
        (date(2024, 2, 28), 1, "days", "Thursday, 29 February 2024"),
        (date(2026, 12, 24), 14, "days", "Thursday, 7 January 2027"),
        (date(2026, 11, 27), 1, "working days", "Monday, 30 November 2026"),
        (date(2026, 11, 28), 1, "working days", "Monday, 30 November 2026"),
        (date(2026, 11, 30), -1, "working days", "Friday, 27 November 2026"),
        (date(2026, 6, 3), 10, "working days", "Wednesday, 17 June 2026"),
        (date(2026, 1, 1), 6, "weeks", "Thursday, 12 February 2026"),
    ],
)
def test_days_are_added(start: date, add: int, unit: str, day: str) -> None:
    assert f" is {day} (" in counted(start=start, add=add, unit=unit).splitlines()[-1]


def test_days_are_counted_between_two_dates() -> None:
    between = counted(start=date(2026, 11, 20), end=date(2026, 12, 1))
    assert "it is 11 days, 7 of them working days" in between
    assert "2026-11-20 is a Friday." in between
    backwards = counted(start=date(2026, 12, 1), end=date(2026, 11, 20))
    assert "it is 11 days, 7 of them working days" in backwards


@pytest.mark.parametrize(
    "arguments",
    [{"add": 100_000}, {"add": 8, "start": date.max}, {"end": date.max}],
)
def test_what_is_too_far_away_is_not_counted(arguments: dict[str, Any]) -> None:
    assert counted(**arguments) == "That is too far away to count."
