"""What people do to a question while it is answered: stop the answer, edit or delete the question.

The ingress writes these items past the queue, where they would wait behind the very answer.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.state.table import Table

_SECONDS = 1.0


class Stopped(Exception):
    """A person pressed stop: what was written stays, and nothing is replayed."""


class Withdrawn(Exception):
    """The question was deleted: nobody waits for an answer any more."""


@dataclass(slots=True)
class Watch:
    """Looks after a `question` (team:channel:ts), wanted since `since`, at most once a second.

    Its answer stands in `thread` of `place` (team:channel).

    `answers` is the live list of the answer's messages: Slack may name one instead of the thread.
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
        found = self.table.get(edit, *sorted(stops))
        if any(float(found[key]["at"]["N"]) >= float(self.since) for key in stops & found.keys()):
            raise Stopped
        if changed := found.get(edit):
            if changed["deleted"]["BOOL"]:
                raise Withdrawn
            self.text = changed["text"]["S"]
