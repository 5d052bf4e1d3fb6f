"""Deletes what is kept of people wherever that is: in the table and in the dead-letter queue.

What a queue still hands over afterwards is dropped by the worker. See docs/decisions/0016.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.runtime.dead_letters import DeadLetterQueue
from bot.runtime.deduplication_key import author_of, part_of
from bot.runtime.request import Refused
from bot.state import forgetting
from bot.state.forgetting import Forgotten
from bot.state.installations import removal_of
from bot.state.table import Table


@dataclass(frozen=True, slots=True)
class Erased:
    """How much of a person was deleted, and whether something unanswered may still lie behind
    others' failed questions, where nobody will answer it."""

    kept: Forgotten
    unanswered: int
    behind: bool


def erase_person(table: Table, letters: DeadLetterQueue, person: str) -> Erased:
    """Delete what is kept of a person ("team:user"), and drop what they have asked until now."""
    now = time.time()
    kept = forgetting.forget_person(table, person, now)
    gone = letters.delete(lambda message: _author(message) == person and _received(message) <= now)
    return Erased(kept, gone.letters, gone.behind)


def erase_workspace(table: Table, letters: DeadLetterQueue, team: str, until: float) -> int:
    """Delete what is kept of everybody of a workspace from before `until`; returns how much.

    The removal is noted by then: what a queue still holds from before it is dropped.
    """
    deleted = forgetting.forget_workspace(table, team, until)
    gone = letters.delete(
        lambda message: _author(message).startswith(f"{team}:") and _received(message) <= until
    )
    return deleted + gone.letters


def is_erased(table: Table, message: Mapping[str, Any]) -> bool:
    """Whether whoever a message of the queue comes from has had all deleted since it came."""
    person = _author(message)
    if not person.partition(":")[2]:  # that the app was removed must not be dropped by itself
        return False
    moments = (
        forgetting.forgotten_at(table, person),
        removal_of(table, person.partition(":")[0]),
    )
    return _received(message) <= max(moments)


def _author(message: Mapping[str, Any]) -> str:
    """Whose message it is ("team:user"); empty of what is nobody's."""
    try:
        return author_of(part_of(message, "body"))
    except Refused:
        return ""


def _received(message: Mapping[str, Any]) -> float:
    """When the ingress took it, by AWS's clock; long ago where an earlier build did not say."""
    received = message.get("received")
    return float(received) if isinstance(received, int | float) else 0.0
