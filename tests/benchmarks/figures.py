"""What a benchmark finds: medians with their range, what they are to beat, and what is to hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one contestant, in the order in which they were taken."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def low(self) -> float:
        return min(self.values)

    @property
    def high(self) -> float:
        return max(self.values)


@dataclass(frozen=True, slots=True)
class Hold:
    """The design's number: at most so much, and at least so many times better than the other."""

    at_most: float | None = None
    ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Less is better, whatever the unit; `hold` None: told, not held."""

    what: str
    unit: str
    ours: Series
    other_name: str = ""
    other: Series | None = None
    hold: Hold | None = None

    @property
    def ratio(self) -> float | None:
        """How many times more the other one takes, median to median."""
        return self.other.median / self.ours.median if self.other else None

    @property
    def held(self) -> bool | None:
        """Whether the design's number holds; None where there is none."""
        if self.hold is None:
            return None
        few = self.hold.at_most is None or self.ours.median <= self.hold.at_most
        better = self.hold.ratio is None or (self.ratio or 0.0) >= self.hold.ratio
        return few and better

    def as_json(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "unit": self.unit,
            "ours": _series_json(self.ours),
            "to_beat": {"name": self.other_name, **_series_json(self.other)}
            if self.other
            else None,
            "ratio": self.ratio and round(self.ratio, 3),
            "hold": self.hold and {"at_most": self.hold.at_most, "ratio": self.hold.ratio},
            "held": self.held,
        }


def _series_json(series: Series) -> dict[str, Any]:
    return {
        "median": round(series.median, 6),
        "min": round(series.low, 6),
        "max": round(series.high, 6),
        "runs": len(series.values),
    }


def interleave(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Series]:
    """Measure each in turn, `rounds` times, so that whatever else the machine does hits all."""
    names: Sequence[str] = list(contestants)
    found: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        start = number % len(names)
        for name in [*names[start:], *names[:start]]:
            found[name].append(contestants[name]())
    return {name: Series(tuple(values)) for name, values in found.items()}
