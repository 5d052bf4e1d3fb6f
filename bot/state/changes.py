"""Notices what ends or changes an answer: a stop, an edited or deleted question, a removed app.

The ingress writes stops and edits itself: in the queue they would wait behind the answer.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.state.table import DAY, Table, plain

_SECONDS = 1.0
"""Between two reads of the table: so soon an answer ends when somebody presses stop."""

_REMOVAL_DAYS = 30
"""Longer than the dead-letter queue keeps a question (14 days)."""


class Stopped(Exception):
    """A person pressed stop: what was written stays, and nothing is replayed."""


class Withdrawn(Exception):
    """The question was deleted: nobody waits for an answer any more."""


@dataclass(slots=True)
class Watch:
    """Reads the changes of a `question` (team:channel:ts) from the table, at most once a second.

    Its answer is in `thread` of `place` (team:channel). A stop counts from `since` on, the `ts` at
    which the answer was asked for. `answers` is the live list of the answer's messages: an event
    of Slack's may name the last of them instead of the thread.
    """

    table: Table
    place: str
    thread: str
    question: str
    since: str
    text: str
    answers: Sequence[str]
    _looked: float = field(default=float("-inf"), init=False)

    def newest(self) -> str:
        """The question's newest text. Raises `Stopped` or `Withdrawn`."""
        if time.monotonic() - self._looked >= _SECONDS:
            self._looked = time.monotonic()
            self._look()
        return self.text

    def _look(self) -> None:
        """The keys are those that bot/ingress/routing.py writes."""
        stops = {f"stop#{self.place}:{ts}" for ts in (self.thread, *self.answers[-1:])}
        edit = f"change#{self.question}"
        items = self.table.get(edit, *sorted(stops))
        if any(float(items[key]["at"]["N"]) >= float(self.since) for key in stops & items.keys()):
            raise Stopped
        if changed := items.get(edit):
            if changed["deleted"]["BOOL"]:
                raise Withdrawn
            self.text = changed["text"]["S"]


def note_removal(table: Table, team: str, at: float) -> None:
    """Save that a workspace removed the app at `at`, in epoch seconds by Slack's clock."""
    table.put(_removal_key(team), {"removed": at, "ttl": int(time.time()) + _REMOVAL_DAYS * DAY})


def removed_since(table: Table, team: str, ts: str) -> bool:
    """Whether a workspace has removed the app since the message `ts`.

    Slack sends no events of a workspace without the app. So a later message follows a new
    installation, which need not be saved.
    """
    return float(ts) <= removal_of(table, team)


def removal_of(table: Table, team: str) -> float:
    """When a workspace last removed the app, in epoch seconds; 0 if never."""
    noted = table.item(_removal_key(team))
    return float(plain(noted)["removed"]) if noted else 0.0


def _removal_key(team: str) -> str:
    return f"installation#{team}"
