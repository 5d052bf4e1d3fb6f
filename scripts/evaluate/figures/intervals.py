"""95 % intervals of figures, by bootstrap: questions are drawn with replacement, from one seed.

Every figure is a ratio of two sums over questions: a mean where the second sum counts questions, a
precision where it counts claims. A difference draws the same questions for both runs: that some
questions are harder than others does not widen its interval.
"""

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt

Part = tuple[float, float]
"""What one question adds to a figure's numerator and denominator."""

_SEED = 1
_ADDITIONS = 1_000_000
"""For one figure at most, so that it takes a fraction of a second."""
_DRAWS = (200, 2_000)
"""At least and at most."""
_Z = 1.96
"""How many standard deviations of a normal distribution hold 95 % on both sides."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval, taken from `count` questions."""

    value: float
    low: float
    high: float
    count: int


def ratio(parts: Sequence[Part]) -> Figure | None:
    """The ratio of the sums; None where the denominator is 0."""
    above, below = _columns(parts)
    if not sum(below):
        return None
    ratios = [_divide(above, below, draw) for draw in _draws(len(parts))]
    interval = _middle([value for value in ratios if value is not None])
    return Figure(sum(above) / sum(below), *interval, sum(map(bool, below)))


def difference(now: Sequence[Part], before: Sequence[Part]) -> Figure | None:
    """The ratio of `now` less that of `before`; None where either has none.

    Both hold the same questions in the same order.
    """
    above, below = _columns(now)
    above_before, below_before = _columns(before)
    if not sum(below) or not sum(below_before):
        return None
    differences = []
    for draw in _draws(len(now)):
        ratio_now = _divide(above, below, draw)
        ratio_before = _divide(above_before, below_before, draw)
        if ratio_now is not None and ratio_before is not None:
            differences.append(ratio_now - ratio_before)
    value = sum(above) / sum(below) - sum(above_before) / sum(below_before)
    return Figure(value, *_middle(differences), sum(map(bool, below)))


def share(yes: int, of: int) -> Figure | None:
    """Wilson's score interval of a share: it holds for few answers, and for all of them right.

    See https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval.
    """
    if not of:
        return None
    mean = yes / of
    centre = (mean + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    reach = _Z / (1 + _Z**2 / of) * sqrt(mean * (1 - mean) / of + _Z**2 / (4 * of**2))
    return Figure(mean, max(0.0, centre - reach), min(1.0, centre + reach), of)


def median(values: Sequence[float]) -> Figure | None:
    """The median, such as of times; None where there are no values."""
    if not values:
        return None
    draws = _draws(len(values))
    medians = [statistics.median([values[number] for number in draw]) for draw in draws]
    return Figure(statistics.median(values), *_middle(medians), len(values))


def _columns(parts: Sequence[Part]) -> tuple[list[float], list[float]]:
    return [above for above, _ in parts], [below for _, below in parts]


def _divide(above: list[float], below: list[float], draw: Sequence[int]) -> float | None:
    divisor = sum(map(below.__getitem__, draw))
    return sum(map(above.__getitem__, draw)) / divisor if divisor else None


@cache
def _draws(count: int) -> tuple[tuple[int, ...], ...]:
    """Draws of `count` question numbers each, with replacement; fewer draws of many questions."""
    few, many = _DRAWS
    dice, numbers = random.Random(_SEED), range(count)  # noqa: S311
    draws = max(few, min(many, _ADDITIONS // max(count, 1)))
    return tuple(tuple(dice.choices(numbers, k=count)) for _ in range(draws))


def _middle(values: list[float]) -> tuple[float, float]:
    """The 2.5th and the 97.5th percentile."""
    ordered = sorted(values)
    if not ordered:
        return 0.0, 0.0
    last = len(ordered) - 1
    return ordered[round(last * 0.025)], ordered[round(last * 0.975)]
