"""Chooses where the worker is killed: wherever the plan says, and first where it never was."""

from collections import Counter
from collections.abc import Callable
from typing import Literal

Moment = Literal["before", "during", "after"]
Point = tuple[str, Moment]


class Kills:
    """`kill` ends the worker's process, and returns how many of them there were."""

    def __init__(self, kill: Callable[[], int], most: int) -> None:
        self._kill, self._remaining = kill, most
        self.strikes: Counter[Point] = Counter()
        self.calls: Counter[str] = Counter()

    @property
    def never_killed(self) -> list[Point]:
        """Where a worker was seen passing and never killed."""
        return [
            (call, moment)
            for call in sorted(self.calls)
            for moment in moments(call)
            if not self.strikes[call, moment]
        ]

    def pass_by(self, call: str) -> None:
        """Note that the worker makes this call."""
        self.calls[call] += 1

    def new_here(self, call: str) -> Moment | None:
        """A moment of the call at which no worker has died yet, while there are kills to spare."""
        moment = next((m for m in moments(call) if not self.strikes[call, m]), None)
        if moment is None or not self._remaining:
            return None
        self._remaining -= 1
        return moment

    def strike(self, call: str, moment: Moment) -> None:
        """Kill the worker, from outside and at once."""
        self.strikes[call, moment] += 1
        self._kill()


def moments(call: str) -> tuple[Moment, ...]:
    """A model's answer takes its time, so that one can also die in the middle of it."""
    return ("before", "during", "after") if call == "model" else ("before", "after")
