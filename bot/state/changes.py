"""Notices that an answer was stopped, or its question edited or deleted, while it is written.

The ingress writes these items itself: in the queue they would wait behind the answer.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.state.table import Table

_SECONDS = 1.0
"""Between two reads of the table: so soon an answer ends when somebody presses stop."""


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
