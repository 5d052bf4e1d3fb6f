"""How sure a figure is: 95 % intervals by drawing the questions anew, always the same draws.

Every figure is a ratio of two sums over questions: a mean where the second counts them, and a
precision where it counts what was claimed. A difference is drawn in pairs, question by question:
that some questions are harder than others then says nothing.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt

Part = tuple[float, float]
"""What one question adds above and below the line."""

_SEED = 1
_ADDITIONS = 1_000_000
_DRAWS = (200, 2_000)
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval, taken from `count` questions."""

    value: float
    low: float
    high: float
    count: int


def ratio(parts: Sequence[Part]) -> Figure | None:
    """The ratio of the sums; None where nothing stands below the line."""
    above, below = _columns(parts)
    if not sum(below):
        return None
    drawn = [_divide(above, below, draw) for draw in _draws(len(parts))]
    count = sum(1 for one in below if one)
    return Figure(
        sum(above) / sum(below), *_middle([one for one in drawn if one is not None]), count
    )


def difference(ours: Sequence[Part], others: Sequence[Part]) -> Figure | None:
    """Our ratio less the other one, question by question; None where either has none."""
    above, below = _columns(ours)
    other_above, other_below = _columns(others)
    if not sum(below) or not sum(other_below):
        return None
    drawn = []
    for draw in _draws(len(ours)):
        one, other = _divide(above, below, draw), _divide(other_above, other_below, draw)
        if one is not None and other is not None:
            drawn.append(one - other)
    value = sum(above) / sum(below) - sum(other_above) / sum(other_below)
    return Figure(value, *_middle(drawn), sum(1 for one in below if one))


def share(yes: int, of: int) -> Figure | None:
    """Wilson's interval of a share: it holds for few answers, and for all of them right."""
    if not of:
        return None
    mean = yes / of
    centre = (mean + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    reach = _Z / (1 + _Z**2 / of) * sqrt(mean * (1 - mean) / of + _Z**2 / (4 * of**2))
    return Figure(mean, max(0.0, centre - reach), min(1.0, centre + reach), of)


def median(values: Sequence[float]) -> Figure | None:
    """The median, such as of times."""
    if not values:
        return None
    drawn = [_median([values[number] for number in draw]) for draw in _draws(len(values))]
    return Figure(_median(values), *_middle(drawn), len(values))


def _columns(parts: Sequence[Part]) -> tuple[list[float], list[float]]:
    return [above for above, _ in parts], [below for _, below in parts]


def _divide(above: list[float], below: list[float], draw: Sequence[int]) -> float | None:
    divisor = sum(map(below.__getitem__, draw))
    return sum(map(above.__getitem__, draw)) / divisor if divisor else None


@cache
def _draws(count: int) -> tuple[tuple[int, ...], ...]:
    """As many draws of `count` questions as are enough and don't take long; fewer of many."""
    few, many = _DRAWS
    dice, numbers = random.Random(_SEED), range(count)  # noqa: S311
    draws = max(few, min(many, _ADDITIONS // max(count, 1)))
    return tuple(tuple(dice.choices(numbers, k=count)) for _ in range(draws))


def _middle(drawn: list[float]) -> tuple[float, float]:
    """What 95 % of the draws lie between."""
    ordered = sorted(drawn)
    if not ordered:
        return 0.0, 0.0
    last = len(ordered) - 1
    return ordered[round(last * 0.025)], ordered[round(last * 0.975)]


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
