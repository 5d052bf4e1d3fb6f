"""Faults that a test orders: what is to fail, where and how often."""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Literal, get_args

from slack_simulator.shapes import Json

Place = Literal["api", "delivery"]
Action = Literal["status", "error", "drop", "lose_ack", "duplicate", "delay", "end_stream"]


@dataclass(slots=True)
class Fault:
    """One order. `match` is a pattern of method or event names; `times` None is without end.

    The actions: `status` answers with an HTTP status (429 with `retry_after` seconds), `error`
    with a Slack error, `drop` cuts the connection, `lose_ack` lets it take effect and
    loses the answer, `duplicate` delivers twice, `delay` holds up by `seconds` (real ones),
    `end_stream` ends the stream that a call names before it is judged, as old age would.
    With `after`, a call takes effect before it fails. The first `skip` matches go unharmed.
    `meanwhile` is run when a call breaks, before its connection does: something outside breaks too.
    """

    place: Place
    action: Action
    match: str = "*"
    status: int = 500
    retry_after: int | None = None
    error: str = "internal_error"
    after: bool = False
    seconds: float = 0.0
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    id: int = 0
    struck: int = 0
    meanwhile: Callable[[], object] | None = None
    _random: random.Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.place not in get_args(Place):
            raise ValueError(f"a fault's place is api or delivery, not {self.place!r}")
        if self.action not in get_args(Action):
            actions = ", ".join(get_args(Action))
            raise ValueError(f"a fault's action is one of {actions}, not {self.action!r}")
        if self.place == "api" and self.action == "duplicate":
            raise ValueError("only deliveries can be duplicated: the bot makes its own calls")
        if self.place == "delivery" and self.action == "end_stream":
            raise ValueError("only calls can find their stream ended: a delivery has none")
        self._random = random.Random(self.seed)  # noqa: S311

    @property
    def moment(self) -> Literal["before", "after"] | None:
        """When it breaks a call: before or after it took effect, or not at all."""
        if self.action in ("duplicate", "delay", "end_stream"):
            return None
        return "after" if self.after or self.action == "lose_ack" else "before"

    def strikes(self, place: Place, name: str) -> bool:
        """Whether it strikes now; counts the strike."""
        if place != self.place or not fnmatchcase(name, self.match) or self.times == self.struck:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self._random.random() >= self.probability:
            return False
        self.struck += 1
        return True

    def as_json(self) -> Json:
        hidden = ("_random", "meanwhile")
        names = (f.name for f in fields(self) if f.name not in hidden)
        return {name: getattr(self, name) for name in names}


Judge = Callable[[Place, str, Json], Fault | None]
"""Decides on one call or delivery: its place, its name, its arguments or its body."""


class Faults:
    """The orders in force; the first that strikes is the one. A judge, if any, is asked first."""

    def __init__(self) -> None:
        self.judge: Judge | None = None
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def order(self, fault: Fault) -> Fault:
        fault.id = next(self._ids)
        self._faults.append(fault)
        return fault

    def pick(self, place: Place, name: str, details: Json | None = None) -> Fault | None:
        if self.judge and (fault := self.judge(place, name, details or {})):
            return fault
        return next((fault for fault in self._faults if fault.strikes(place, name)), None)

    def clear(self) -> None:
        self._faults.clear()

    def as_json(self) -> list[Json]:
        return [fault.as_json() for fault in self._faults]
