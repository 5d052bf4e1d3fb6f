"""Counts days: models miscount calendars, and don't know what day it is.

The tool to copy for one of your own; docs/tools.md goes through it.
"""

from datetime import date, timedelta
from typing import Literal

from bot.answering.tools.tool import Context, tool

_YEARS = range(1800, 2400)  # a model that asks for others has mistaken something
_MOST = 5_000  # units to add
_SATURDAY = 5  # of date.weekday(), which counts from Monday, 0


@tool("Looking at the calendar", "Looked at the calendar", seconds=5)
def count_days(
    context: Context,
    start: date | None = None,
    end: date | None = None,
    add: int = 0,
    unit: Literal["days", "working days", "weeks"] = "days",
) -> str:
    """Tell today's date, the weekday of a date, the days between two dates, or a date so many
    days before or after another. Use it for all of these: never count days yourself.
    Working days are Mondays to Fridays; public holidays are not known here.

    start: the first date, as YYYY-MM-DD; null for today
    end: the date to count the days to, as YYYY-MM-DD; null to count none
    add: how many units to go on from the first date; below 0 to go back
    unit: what to add
    """
    today = context.question.now().date()
    start = start or today
    if abs(add) > _MOST or start.year not in _YEARS or (end or start).year not in _YEARS:
        return "That is too far away to count."
    lines = [f"Today is {_long_form(today)}."]
    if start != today:
        lines.append(f"{start} is a {start:%A}.")
    if add:
        lines.append(
            f"{add} {unit} from {_long_form(start)} is {_long_form(_added(start, add, unit))}."
        )
    if end:
        lines.append(_between(start, end))
    return "\n".join(lines)


def _added(start: date, count: int, unit: str) -> date:
    if unit != "working days":
        return start + timedelta(days=count * (7 if unit == "weeks" else 1))
    step = timedelta(days=1 if count > 0 else -1)
    while count:
        start += step
        if start.weekday() < _SATURDAY:
            count -= step.days
    return start


def _between(start: date, end: date) -> str:
    first, last = sorted((start, end))
    days = (last - first).days
    passed = (first + timedelta(days=number) for number in range(1, days + 1))
    working = sum(day.weekday() < _SATURDAY for day in passed)
    return (
        f"From {_long_form(start)} to {_long_form(end)} it is {days} days,"
        f" {working} of them working days; {first} itself is not counted, {last} is."
    )


def _long_form(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B} {day.year} ({day})"
