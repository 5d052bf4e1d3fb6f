"""How many times as much one commit takes as another, with a confidence interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean, median
from typing import Any

_RESAMPLES = 10_000
_TAIL = 0.025
"""The share left out on either side of the 95 % interval."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of both commits, in pairs that were taken one right after the other."""

    name: str
    unit: str
    pairs: tuple[tuple[float, float], ...]

    @property
    def before(self) -> float:
        return median(before for before, _ in self.pairs)

    @property
    def after(self) -> float:
        return median(after for _, after in self.pairs)

    @property
    def ratio(self) -> float | None:
        """The geometric mean over the pairs; None where a figure is not above zero."""
        logarithms = self._logarithms()
        return math.exp(fmean(logarithms)) if logarithms else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The ratio's 95 % interval; None where there is no ratio, or only one pair.

        By the percentile bootstrap (https://en.wikipedia.org/wiki/Bootstrapping_(statistics)):
        the same pairs give the same interval.
        """
        logarithms = self._logarithms()
        if len(logarithms) < 2:
            return None
        chance, count = Random(1), len(logarithms)
        means = sorted(fmean(chance.choices(logarithms, k=count)) for _ in range(_RESAMPLES))
        low = round(_RESAMPLES * _TAIL)
        return math.exp(means[low]), math.exp(means[-1 - low])

    def within(self, percent: float) -> bool:
        """Whether the whole interval says that the figure grew by no more than `percent`."""
        return self.interval is not None and self.interval[1] <= 1 + percent / 100

    def as_json(self, slower: float | None = None) -> dict[str, Any]:
        return {
            "what": self.name,
            "unit": self.unit,
            "before": round(self.before, 6),
            "after": round(self.after, 6),
            "ratio": self.ratio and round(self.ratio, 4),
            "interval": self.interval and [round(end, 4) for end in self.interval],
            "pairs": len(self.pairs),
            "held": None if slower is None else self.within(slower),
        }

    def _logarithms(self) -> Sequence[float]:
        if any(min(pair) <= 0 for pair in self.pairs):
            return []
        return [math.log(after / before) for before, after in self.pairs]
