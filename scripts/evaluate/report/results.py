"""A run's results: figures with their intervals, and the parts that later runs compare with."""

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
"""What each question, by its id, adds to each figure, by the figure's name."""

SECONDS = "seconds"


@dataclass(frozen=True)
class Results:
    """`bot` is "offline" or an environment; `whole` is false where Ctrl-C ended the run."""

    name: str
    bot: str
    measured: tuple[Measured, ...]
    whole: bool
    note: str = ""

    @property
    def model(self) -> str:
        """The model that wrote the answers, or "extractive"; "" where nothing was answered."""
        return next((result.reply.model for result in self.measured if result.reply.model), "")

    @property
    def key(self) -> str:
        """Only runs of one key are compared: the same questions, answered by the same model."""
        return f"{self.name}, {self.model}" if self.model else self.name

    @property
    def failed(self) -> list[Measured]:
        return [result for result in self.measured if result.failure]

    @cached_property
    def parts(self) -> Parts:
        """Without the precision of abstaining where every question has an answer: it would be 0."""
        answerable = all(result.case.answerable for result in self.measured)
        left_out = ABSTENTION_PRECISION if answerable else ""
        return {
            result.case.id: {name: part for name, part in result.parts.items() if name != left_out}
            for result in self.measured
            if not result.failure
        }

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Every figure that the questions say something about, and the median of the seconds."""
        figures = figures_of(self.parts)
        times = [result.reply.seconds for result in self.measured if result.reply.text]
        if typical := intervals.median(times):
            figures[SECONDS] = typical
        return figures

    def as_json(self) -> dict[str, Any]:
        return {
            "set": self.name,
            "asked": self.bot,
            "model": self.model,
            "note": self.note,
            "whole": self.whole,
            "questions": len(self.measured),
            "failed": {result.case.id: result.failure for result in self.failed},
            "unjudged": {
                result.case.id: result.unjudged for result in self.measured if result.unjudged
            },
            "figures": {name: asdict(figure) for name, figure in self.figures.items()},
            "parts": parts_as_json(self.parts),
        }


def figures_of(parts: Parts) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for name in names_in(parts.values()):
        columns = column(parts.values(), name)
        if name in SHARES:
            figure = intervals.share(*(round(sum(side)) for side in zip(*columns, strict=True)))
        else:
            figure = intervals.ratio(columns)
        if figure:
            figures[name] = figure
    return figures


def names_in(parts: Iterable[Mapping[str, Part]]) -> list[str]:
    return list(dict.fromkeys(name for figures in parts for name in figures))


def column(parts: Iterable[Mapping[str, Part]], name: str) -> list[Part]:
    """One figure's part of each question; 0 / 0 where a question says nothing about it."""
    return [figures.get(name, (0.0, 0.0)) for figures in parts]


def parts_as_json(parts: Parts) -> dict[str, dict[str, Any]]:
    """A part over 1 as a number and any other as a pair, so that a question is a short line."""
    return {
        question: {name: _as_json(part) for name, part in sorted(figures.items()) if part[1]}
        for question, figures in parts.items()
    }


def read_parts(run: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Part]]:
    return {
        question: {name: _part(value) for name, value in figures.items()}
        for question, figures in run.items()
    }


def read(path: Path) -> Parts:
    """The parts of a run that `--json` printed. Raises `Problem`."""
    try:
        return read_parts(json.loads(path.read_text(encoding="utf-8"))["parts"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(
            f"{path} is no run that ./stackbot eval --json has printed: {error}"
        ) from error


def _as_json(part: Part) -> float | Sequence[float]:
    above, below = (round(side, 4) for side in part)
    return above if below == 1 else (above, below)


def _part(value: Any) -> Part:
    above, below = value if isinstance(value, list) else (value, 1)
    return float(above), float(below)
