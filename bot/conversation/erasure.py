"""Deletes what is saved of people: in the table and in the dead-letter queue.

The worker drops what a queue delivers of them afterwards. See docs/decisions/0016.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.runtime.dead_letters import DeadLetterQueue
from bot.runtime.deduplication_key import author_of, part_of
from bot.runtime.request import Refused
from bot.state import forgetting
from bot.state.changes import removal_of
from bot.state.forgetting import Forgotten
from bot.state.table import Table


@dataclass(frozen=True, slots=True)
class Erased:
    """How much of a person was deleted.

    `unanswered` counts failed questions. `behind`: more of them may wait in the dead-letter queue
    behind those of others; nobody will answer them.
    """

    saved: Forgotten
    unanswered: int
    behind: bool


def erase_person(table: Table, dead_letters: DeadLetterQueue, person: str) -> Erased:
    """Delete what is saved of a person ("team:user"), and drop what they have asked until now."""
    now = time.time()
    saved = forgetting.forget_person(table, person, now)
    deleted = dead_letters.delete(
        lambda message: _author(message) == person and _received(message) <= now
    )
    return Erased(saved, deleted.letters, deleted.behind)


def erase_workspace(table: Table, dead_letters: DeadLetterQueue, team: str, until: float) -> int:
    """Delete what is saved of a workspace's people from before `until`; return how many items.

    The removal of the app must be noted before: the worker drops older messages by that note.
    """
    items = forgetting.forget_workspace(table, team, until)
    deleted = dead_letters.delete(
        lambda message: _author(message).startswith(f"{team}:") and _received(message) <= until
    )
    return items + deleted.letters


def is_erased(table: Table, message: Mapping[str, Any]) -> bool:
    """Whether the author of a queued message has had everything deleted since it was received."""
    person = _author(message)
    if not person.partition(":")[2]:  # such as "T0123:" of app_uninstalled, which is to be handled
        return False
    moments = (
        forgetting.forgotten_at(table, person),
        removal_of(table, person.partition(":")[0]),
    )
    return _received(message) <= max(moments)


def _author(message: Mapping[str, Any]) -> str:
    """Whose message it is ("team:user"); empty where it is nobody's."""
    try:
        return author_of(part_of(message, "body"))
    except Refused:
        return ""


def _received(message: Mapping[str, Any]) -> float:
    """When the ingress received it, by AWS's clock; 0 where an older build did not say."""
    received = message.get("received")
    return float(received) if isinstance(received, int | float) else 0.0
