"""Rate limits: token buckets of people and workspaces, the day's cost, and Slack's streams.

Every count is a conditional write, so it is exact however many workers count at once. See
docs/decisions/0013.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from bot.state.table import DAY, ConditionFailed, Item, Table, number

Refusal = Literal["person", "busy", "team", "day"]

_DAYS_KEPT = 35
"""How long a day's cost can be looked up."""
_REMEMBERED_SECONDS = 300
"""How long a question is remembered after its lease: longer than the queue's redelivery takes."""
_ROUNDS = 50
"""Attempts at a conditional write before `Contended`."""


class Contended(Exception):
    """Other workers wrote first at every attempt: the queue delivers the message again."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket: it holds `burst` tokens, and gains `per_minute` until it is full."""

    burst: int
    per_minute: int

    def tokens_left(self, item: Item, now: float) -> float:
        """How many tokens the bucket of this item has at `now`."""
        if not item:
            return self.burst
        minutes = max(0.0, now - float(item["counted"]["N"])) / 60
        return min(self.burst, float(item["tokens"]["N"]) + minutes * self.per_minute)

    @property
    def seconds(self) -> int:
        """An item's lifetime: an hour longer than an empty bucket takes to be full."""
        return 3_600 + 60 * self.burst // self.per_minute


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the model one person and their workspace may use.

    One person may have `at_once` questions in progress. One whose worker was killed, so that it
    never ends, counts for `lease` seconds.
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
    person_key, team_key, day_key = _person(team, user), _team(team), _day(team, now)
    for _ in range(_ROUNDS):
        items = table.get(person_key, team_key, day_key)
        person, everybody = items.get(person_key, {}), items.get(team_key, {})
        if _dollars(items.get(day_key, {})) >= limits.daily_dollars:
            return "day"
        under_way = _under_way(person, now)
        is_counted = question in under_way
        if not is_counted:
            if limits.person.tokens_left(person, now) < 1:
                return "person"
            if sum(until > now for until in under_way.values()) >= limits.at_once:
                return "busy"
            if limits.team.tokens_left(everybody, now) < 1:
                return "team"
        under_way[question] = now + limits.lease
        if _write(table, person_key, limits.person, person, 0 if is_counted else 1, now, under_way):
            return None if is_counted else _take(table, limits.team, team_key, everybody, now)
    raise Contended(question)


def leave(table: Table, team: str, user: str, question: str, now: float | None = None) -> None:
    """Note that the model has finished a question, which stays known for another attempt."""
    now = time.time() if now is None else now
    with suppress(ConditionFailed):  # it is no longer known
        table.update(
            _person(team, user),
            "SET under_way.#question = :now, revision = revision + :one",
            {":now": number(now), ":one": number(1)},
            condition="attribute_exists(under_way.#question)",
            names={"#question": question},
        )


def spend(table: Table, team: str, micro_dollars: int, now: float | None = None) -> None:
    """Add millionths of a dollar to the day's cost."""
    now = time.time() if now is None else now
    table.update(
        _day(team, now),
        "SET #ttl = :ttl ADD micro_dollars :spent",
        {":ttl": number(int(now) + _DAYS_KEPT * DAY), ":spent": number(micro_dollars)},
        names={"#ttl": "ttl"},
    )


def spent_today(table: Table, team: str, now: float | None = None) -> float:
    """The day's cost so far, in dollars."""
    return _dollars(table.item(_day(team, time.time() if now is None else now)))


def may_stream(table: Table, team: str, per_minute: int, now: float | None = None) -> bool:
    """Count one more stream of this workspace, unless the minute has had `per_minute`."""
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
        if bucket.tokens_left(item, now) < 1:
            return "team"
        if _write(table, key, bucket, item, 1, now, {}):
            return None
        item = table.item(key)
    raise Contended(key)


def _write(
    table: Table,
    key: str,
    bucket: Bucket,
    item: Item,
    cost: int,
    now: float,
    under_way: Mapping[str, float],
) -> bool:
    """Take `cost` tokens from a bucket; False if another worker wrote it since `item` was read."""
    revision = int(item["revision"]["N"]) if item else 0
    counted_at = max(now, float(item["counted"]["N"])) if item else now
    try:
        table.update(
            key,
            "SET tokens = :tokens, counted = :counted, under_way = :under_way,"
            " revision = :next, #ttl = :ttl",
            {
                ":tokens": number(bucket.tokens_left(item, now) - cost),
                ":counted": number(counted_at),
                ":under_way": {
                    "M": {question: number(until) for question, until in under_way.items()}
                },
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
    """Until when each recent question is counted as in progress, by question."""
    listed = person["under_way"]["M"] if person else {}
    times = {question: float(until["N"]) for question, until in listed.items()}
    return {
        question: until for question, until in times.items() if until > now - _REMEMBERED_SECONDS
    }


def _dollars(day: Item) -> float:
    return int(day["micro_dollars"]["N"]) / 1e6 if day else 0.0


def _person(team: str, user: str) -> str:
    return f"bucket#{team}:{user}"


def _team(team: str) -> str:
    return f"bucket#{team}"


def _day(team: str, now: float) -> str:
    return f"day#{team}:{time.strftime('%Y-%m-%d', time.gmtime(now))}"
