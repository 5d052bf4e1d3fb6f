"""The claim on a question: one attempt at a time may answer it. See docs/decisions/0003."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

from bot.runtime.log import log
from bot.state.table import DAY, ConditionFailed, Item, Table, number

Ending = Literal["done", "stopped", "withdrawn", "refused", "apologised"]
_DAYS = 30
"""Longer than the dead-letter queue keeps a message (14 days): a redrive finds its claim."""

_AT_ONCE = 100
"""DynamoDB's limit for BatchGetItem."""


class Busy(Exception):
    """An earlier delivery of the same message may still be running: the queue delivers it again."""


class LostClaim(Exception):
    """A newer attempt has claimed the question: this one must stop writing."""


class GaveUp(Exception):
    """The last delivery has apologised; failing it sends the message to the dead-letter queue."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of a message by the queue. `number` counts from 1."""

    message_id: str
    number: int
    last: bool


@dataclass(slots=True)
class Claim:
    """One attempt at a question. `posted` holds the `ts` of every message of its answer.

    `direct` is the place of the question's copy in direct messages ("channel:ts"), if any.
    Every write raises `LostClaim` if the attempt is no longer the newest.
    """

    _table: Table
    question: str
    attempt: int
    since: float
    posted: list[str] = field(default_factory=list)
    direct: str = ""

    def note_direct(self, place: str) -> None:
        """Save the place of the question's copy in direct messages."""
        self._update("SET direct = :direct", {":direct": {"S": place}})
        self.direct = place

    def remember(self, ts: str) -> None:
        """Save the `ts` of a message that was posted as part of the answer."""
        self._update("SET posted = list_append(posted, :posted)", {":posted": {"L": [{"S": ts}]}})
        self.posted.append(ts)
        log("posted", question=self.question, ts=ts)

    def forget(self, ts: str) -> None:
        """Drop the `ts` of a message that was deleted."""
        remaining = [post for post in self.posted if post != ts]
        self._update(
            "SET posted = :posted", {":posted": {"L": [{"S": post} for post in remaining]}}
        )
        self.posted[:] = remaining

    def finish(self, ending: Ending) -> None:
        """Close the claim: later deliveries for this question are duplicates.

        Only a question that ended in an apology can be claimed again.
        """
        self._update("SET #state = :end", {":end": {"S": ending}})

    def release(self) -> None:
        """Give the lease back after a failure, so that the next delivery need not wait."""
        self._update("SET lease = :now", {":now": number(0)})

    def _update(self, expression: str, values: Mapping[str, Any]) -> None:
        try:
            self._table.update(
                _key(self.question),
                expression,
                {**values, ":attempt": number(self.attempt), ":working": {"S": "working"}},
                condition="attempt = :attempt AND #state = :working",
                names={"#state": "state"},
            )
        except ConditionFailed:
            raise LostClaim(self.question) from None


def claim(table: Table, question: str, delivery: Delivery, lease: int) -> Claim | None:
    """Claim `question` (team:channel:ts) for `lease` seconds; None: the delivery is a duplicate.

    A question that ended in an apology is claimed again by another queue message, from "Try again"
    or a redrive. Raises `Busy` if an earlier delivery of the same message still has the lease.
    """
    now = time.time()
    try:
        item = table.update(
            _key(question),
            "SET #state = :working, message_id = :message, lease = :lease, #ttl = :ttl,"
            " attempt = if_not_exists(attempt, :none) + :one,"
            " since = if_not_exists(since, :now), posted = if_not_exists(posted, :empty)",
            {
                ":working": {"S": "working"},
                ":apologised": {"S": "apologised"},
                ":message": {"S": delivery.message_id},
                ":lease": number(now + lease),
                ":ttl": number(int(now) + _DAYS * DAY),
                ":none": number(0),
                ":one": number(1),
                ":now": number(now),
                ":empty": {"L": []},
            },
            condition="attribute_not_exists(pk) OR (#state = :working AND lease <= :now)"
            " OR (#state = :apologised AND message_id <> :message)",
            names={"#state": "state", "#ttl": "ttl"},
        )
    except ConditionFailed:
        _refuse(table, question, delivery)
        return None
    return Claim(
        table,
        question,
        attempt=int(item["attempt"]["N"]),
        since=float(item["since"]["N"]),
        posted=[ts["S"] for ts in item["posted"]["L"]],
        direct=item.get("direct", {}).get("S", ""),
    )


@contextmanager
def released_on_failure(claim: Claim) -> Iterator[None]:
    """Release the claim where this delivery fails, so that the next one need not wait for it."""
    try:
        yield
    except (GaveUp, LostClaim):
        raise
    except Exception:
        claim.release()
        raise


def posted_for(table: Table, questions: Iterable[str]) -> set[str]:
    """The `ts` of every message that the claims on these questions own."""
    items = _claims_on(table, questions).values()
    return {ts["S"] for item in items for ts in item["posted"]["L"]}


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a question: "working", or its ending."""

    state: str
    attempts: int


def standing_of(table: Table, questions: Iterable[str]) -> dict[str, Standing]:
    """The states of these questions, without those that were never claimed."""
    return {
        question: Standing(item["state"]["S"], int(item["attempt"]["N"]))
        for question, item in _claims_on(table, questions).items()
    }


def _claims_on(table: Table, questions: Iterable[str]) -> dict[str, Item]:
    rest = iter(questions)
    claims: dict[str, Item] = {}
    while batch := list(islice(rest, _AT_ONCE)):
        items = table.get(*map(_key, batch))
        claims |= {name: items[_key(name)] for name in batch if _key(name) in items}
    return claims


def _refuse(table: Table, question: str, delivery: Delivery) -> None:
    item = table.item(_key(question))
    same_message = item.get("message_id", {}).get("S") == delivery.message_id
    if item.get("state", {}).get("S") == "working" and same_message:
        raise Busy(question)


def _key(question: str) -> str:
    return f"question#{question}"
