"""The figures of a benchmark: medians, their ranges, what they have to beat, and what to hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one contestant, in the order of its rounds."""

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
    """A requirement: at most so much, and at least so many times better than what is to beat."""

    at_most: float | None = None
    ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Less is better, whatever the unit. Only with `hold` can it fail."""

    name: str
    unit: str
    ours: Series
    to_beat_name: str = ""
    to_beat: Series | None = None
    hold: Hold | None = None

    @property
    def ratio(self) -> float | None:
        """How many times more than ours the other one takes, by the medians."""
        return self.to_beat.median / self.ours.median if self.to_beat else None

    @property
    def holds(self) -> bool | None:
        """Whether the requirement is met; None without one."""
        if self.hold is None:
            return None
        few = self.hold.at_most is None or self.ours.median <= self.hold.at_most
        better = self.hold.ratio is None or (self.ratio or 0.0) >= self.hold.ratio
        return few and better

    def as_json(self) -> dict[str, Any]:
        return {
            "what": self.name,
            "unit": self.unit,
            "ours": _series_json(self.ours),
            "to_beat": {"name": self.to_beat_name, **_series_json(self.to_beat)}
            if self.to_beat
            else None,
            "ratio": self.ratio and round(self.ratio, 3),
            "hold": self.hold and {"at_most": self.hold.at_most, "ratio": self.hold.ratio},
            "held": self.holds,
        }


def _series_json(series: Series) -> dict[str, Any]:
    return {
        "median": round(series.median, 6),
        "min": round(series.low, 6),
        "max": round(series.high, 6),
        "runs": len(series.values),
    }


def interleave(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Series]:
    """Measure each in turn, `rounds` times, so that other load on the machine slows down all."""
    names: Sequence[str] = list(contestants)
    values: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        start = number % len(names)
        for name in [*names[start:], *names[:start]]:
            values[name].append(contestants[name]())
    return {name: Series(tuple(series)) for name, series in values.items()}
