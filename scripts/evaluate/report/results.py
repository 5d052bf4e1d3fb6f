"""What a run has found, as figures with their intervals, and as it is kept for later runs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from scripts.evaluate.figures import intervals
from scripts.evaluate.figures.figures import ABSTENTION_PRECISION, SHARES
from scripts.evaluate.figures.intervals import Figure, Part
from scripts.evaluate.figures.measuring import Measured
from scripts.terminal.problem import Problem

Parts = Mapping[str, Mapping[str, Part]]
"""What each question, by its id, adds to each figure."""

SECONDS = "seconds"


@dataclass(frozen=True)
class Results:
    """`asked` is "offline" or an environment; `whole` is false where Ctrl-C ended it."""

    name: str
    asked: str
    measured: tuple[Measured, ...]
    whole: bool
    note: str = ""

    @property
    def model(self) -> str:
        """What wrote the answers: a model, or "extractive"; "" where nothing was answered."""
        return next((one.reply.model for one in self.measured if one.reply.model), "")

    @property
    def key(self) -> str:
        """What a run is compared with: the same questions, answered by the same model."""
        return f"{self.name}, {self.model}" if self.model else self.name

    @property
    def failed(self) -> list[Measured]:
        return [one for one in self.measured if one.failure]

    @cached_property
    def parts(self) -> Parts:
        """Without what only says that everything has an answer, where everything has."""
        every = all(one.case.answerable for one in self.measured)
        left_out = ABSTENTION_PRECISION if every else ""
        return {
            one.case.id: {name: part for name, part in one.parts.items() if name != left_out}
            for one in self.measured
            if not one.failure
        }

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Every figure that the questions say something about, and the median time."""
        found = figures_of(self.parts)
        times = [one.reply.seconds for one in self.measured if one.reply.text]
        if typical := intervals.median(times):
            found[SECONDS] = typical
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "set": self.name,
            "asked": self.asked,
            "model": self.model,
            "note": self.note,
            "whole": self.whole,
            "questions": len(self.measured),
            "failed": {one.case.id: one.failure for one in self.failed},
            "unjudged": {one.case.id: one.unjudged for one in self.measured if one.unjudged},
            "figures": {name: asdict(figure) for name, figure in self.figures.items()},
            "parts": written(self.parts),
        }


def figures_of(parts: Parts) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for name in names_in(parts.values()):
        columns = column(parts.values(), name)
        if name in SHARES:
            figure = intervals.share(*(round(sum(side)) for side in zip(*columns, strict=True)))
        else:
            figure = intervals.ratio(columns)
        if figure:
            found[name] = figure
    return found


def names_in(parts: Iterable[Mapping[str, Part]]) -> list[str]:
    return list(dict.fromkeys(name for one in parts for name in one))


def column(parts: Iterable[Mapping[str, Part]], name: str) -> list[Part]:
    """One figure's parts, question by question; nothing of those that say nothing about it."""
    return [one.get(name, (0.0, 0.0)) for one in parts]


def written(parts: Parts) -> dict[str, dict[str, Any]]:
    """A number for what counts once, a pair otherwise: a line a question that people can read."""
    return {
        question: {name: _written(part) for name, part in sorted(of.items()) if part[1]}
        for question, of in parts.items()
    }


def read_parts(kept: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Part]]:
    return {
        question: {name: _part(value) for name, value in of.items()}
        for question, of in kept.items()
    }


def read(path: Path) -> Parts:
    """The parts of a run that `--json` printed. Raises `Problem`."""
    try:
        return read_parts(json.loads(path.read_text(encoding="utf-8"))["parts"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(
            f"{path} is no run that ./stackbot eval --json has printed: {error}"
        ) from error


def _written(part: Part) -> float | Sequence[float]:
    above, below = (round(side, 4) for side in part)
    return above if below == 1 else (above, below)


def _part(value: Any) -> Part:
    above, below = value if isinstance(value, list) else (value, 1)
    return float(above), float(below)
