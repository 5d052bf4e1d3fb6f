"""Holds a run against another one, question by question, and knows the committed baseline."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.evaluate.figures import intervals
from scripts.evaluate.figures.intervals import Figure
from scripts.evaluate.report.results import Parts, Results, column, names_in, read_parts, written
from scripts.local.whole_file import replacing
from scripts.terminal.problem import Problem

_ROUNDING = 1e-6
_ENOUGH = 5
"""Questions from which on an interval says anything."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure now and before, over the questions that both runs have."""

    name: str
    before: float
    now: float
    difference: Figure

    def is_drop(self, tolerance: float) -> bool:
        """Beyond the tolerance, and not for chance: the whole interval says that it fell."""
        one = self.difference
        return one.value < -tolerance and one.high < -_ROUNDING and one.count >= _ENOUGH

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def changes(now: Parts, before: Parts) -> list[Change]:
    """How each figure differs, over the questions that are in both."""
    shared = [question for question in now if question in before]
    ours, theirs = [now[one] for one in shared], [before[one] for one in shared]
    found: list[Change] = []
    for name in names_in(ours):
        one, other = column(ours, name), column(theirs, name)
        difference = intervals.difference(one, other)
        if difference:
            value = _ratio(one)
            found.append(Change(name, value - difference.value, value, difference))
    return found


def fallen(now: Parts, before: Parts) -> dict[str, list[str]]:
    """The questions that do worse than before, and at which figures."""
    worse = {
        question: [
            name
            for name, (above, below) in of.items()
            if below and name in before[question] and _less((above, below), before[question][name])
        ]
        for question, of in now.items()
        if question in before
    }
    return {question: names for question, names in worse.items() if names}


class Baseline:
    """The committed runs, by what was asked and what answered."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._kept: dict[str, Mapping[str, Any]] = {}
        if path.exists():
            try:
                self._kept = json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                raise Problem(f"{path.name} is damaged; have it back from git: {error}") from error

    def of(self, results: Results) -> Parts | None:
        kept = self._kept.get(results.key)
        return None if kept is None else read_parts(kept)

    def keep(self, results: Results) -> None:
        """Put a run in the place of the one before it: a question a line, so that diffs tell."""
        self._kept[results.key] = written(results.parts)
        with replacing(self.path) as partial:
            partial.write_text(_lines(self._kept), encoding="utf-8")


def _lines(kept: Mapping[str, Mapping[str, Any]]) -> str:
    runs = []
    for key, questions in sorted(kept.items()):
        lines = (f"  {_json(question)}: {_json(of)}" for question, of in questions.items())
        runs.append(f" {_json(key)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(runs) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _ratio(parts: list[tuple[float, float]]) -> float:
    return sum(above for above, _ in parts) / sum(below for _, below in parts)


def _less(now: tuple[float, float], before: tuple[float, float]) -> bool:
    """By more than what rounding makes of it."""
    return now[0] / now[1] < before[0] / before[1] - 0.001
