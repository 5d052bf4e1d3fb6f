"""What people and workspaces have used up: tokens of buckets, the day's dollars, Slack's streams.

Items are counted by conditional writes, so they are exact however many workers count at once.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from bot.state.table import DAY, ConditionFailed, Item, Table, number

Refusal = Literal["person", "busy", "team", "day"]

_DAYS_KEPT = 35
_KNOWN_SECONDS = 300
"""After its lease a question is known for longer than the queue takes to deliver it again."""
_ROUNDS = 50


class Contended(Exception):
    """Others were quicker every time: fail, and come back later."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Holds `burst` tokens, and gains `per_minute` of them until it is full again."""

    burst: int
    per_minute: int

    def left(self, item: Item, now: float) -> float:
        """How many tokens are in it, by what the table says of it."""
        if not item:
            return self.burst
        minutes = max(0.0, now - float(item["counted"]["N"])) / 60
        return min(self.burst, float(item["tokens"]["N"]) + minutes * self.per_minute)

    @property
    def seconds(self) -> int:
        """How long it is worth keeping: longer than an empty one takes to be full."""
        return 3_600 + 60 * self.burst // self.per_minute


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person and their workspace may have of the model.

    One person may have `at_once` questions with it at a time; one that never says that it has
    ended, since its worker was killed, counts for `lease` seconds.
    """

    person: Bucket
    team: Bucket
    at_once: int
    daily_dollars: float
    lease: int


def admit(
    table: Table, limits: Limits, team: str, user: str, question: str, now: float | None = None
) -> Refusal | None:
    """Let `question` through to the model, or say which limit it meets.

    A question is counted once, whatever number of attempts it takes. Raises `Contended`.
    """
    now = time.time() if now is None else now
    mine, ours, today = _person(team, user), _team(team), _day(team, now)
    for _ in range(_ROUNDS):
        found = table.get(mine, ours, today)
        person, everybody = found.get(mine, {}), found.get(ours, {})
        if _dollars(found.get(today, {})) >= limits.daily_dollars:
            return "day"
        under_way = _under_way(person, now)
        counted = question in under_way
        if not counted:
            if limits.person.left(person, now) < 1:
                return "person"
            if sum(until > now for until in under_way.values()) >= limits.at_once:
                return "busy"
            if limits.team.left(everybody, now) < 1:
                return "team"
        under_way[question] = now + limits.lease
        if _write(table, mine, limits.person, person, 0 if counted else 1, now, under_way):
            return None if counted else _take(table, limits.team, ours, everybody, now)
    raise Contended(question)


def leave(table: Table, team: str, user: str, question: str, now: float | None = None) -> None:
    """Say that the model has ended with a question; another attempt at it is still known."""
    now = time.time() if now is None else now
    with suppress(ConditionFailed):  # it was too long ago
        table.update(
            _person(team, user),
            "SET under_way.#question = :now, revision = revision + :one",
            {":now": number(now), ":one": number(1)},
            condition="attribute_exists(under_way.#question)",
            names={"#question": question},
        )


def spend(table: Table, team: str, micro_dollars: int, now: float | None = None) -> None:
    """Add millionths of a dollar to what the day has cost."""
    now = time.time() if now is None else now
    table.update(
        _day(team, now),
        "SET #ttl = :ttl ADD micro_dollars :spent",
        {":ttl": number(int(now) + _DAYS_KEPT * DAY), ":spent": number(micro_dollars)},
        names={"#ttl": "ttl"},
    )


def spent(table: Table, team: str, now: float | None = None) -> float:
    """What the day has cost so far, in dollars."""
    return _dollars(table.one(_day(team, time.time() if now is None else now)))


def may_stream(table: Table, team: str, per_minute: int, now: float | None = None) -> bool:
    """Count one more stream in this workspace, where the minute still has one."""
    now = time.time() if now is None else now
    try:
        table.update(
            f"streams#{team}:{int(now // 60)}",
            "SET #ttl = :ttl ADD started :one",
            {":ttl": number(int(now) + 600), ":one": number(1), ":most": number(per_minute)},
            condition="attribute_not_exists(started) OR started < :most",
            names={"#ttl": "ttl"},
        )
    except ConditionFailed:
        return False
    return True


def _take(table: Table, bucket: Bucket, key: str, item: Item, now: float) -> Refusal | None:
    for _ in range(_ROUNDS):
        if bucket.left(item, now) < 1:
            return "team"
        if _write(table, key, bucket, item, 1, now, {}):
            return None
        item = table.one(key)
    raise Contended(key)


def _write(
    table: Table,
    key: str,
    bucket: Bucket,
    item: Item,
    taken: int,
    now: float,
    under_way: Mapping[str, float],
) -> bool:
    """Bring a bucket up to date, unless somebody else has since it was read."""
    revision = int(item["revision"]["N"]) if item else 0
    counted = max(now, float(item["counted"]["N"])) if item else now
    try:
        table.update(
            key,
            "SET tokens = :tokens, counted = :counted, under_way = :under_way,"
            " revision = :next, #ttl = :ttl",
            {
                ":tokens": number(bucket.left(item, now) - taken),
                ":counted": number(counted),
                ":under_way": {"M": {each: number(until) for each, until in under_way.items()}},
                ":revision": number(revision),
                ":next": number(revision + 1),
                ":ttl": number(int(now) + bucket.seconds),
            },
            condition="attribute_not_exists(pk) OR revision = :revision",
            names={"#ttl": "ttl"},
        )
    except ConditionFailed:
        return False
    return True


def _under_way(person: Item, now: float) -> dict[str, float]:
    """Until when each question was with the model, or may still be; those of long ago left out."""
    listed = person["under_way"]["M"] if person else {}
    times = {question: float(until["N"]) for question, until in listed.items()}
    return {each: until for each, until in times.items() if until > now - _KNOWN_SECONDS}


def _dollars(day: Item) -> float:
    return int(day["micro_dollars"]["N"]) / 1e6 if day else 0.0


def _person(team: str, user: str) -> str:
    return f"bucket#{team}:{user}"


def _team(team: str) -> str:
    return f"bucket#{team}"


def _day(team: str, now: float) -> str:
    return f"day#{team}:{time.strftime('%Y-%m-%d', time.gmtime(now))}"
