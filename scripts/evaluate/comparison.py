"""Compares a run with the committed baseline, with another run and with other rankings."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.answering.retrieval.passages import Passage
from scripts.evaluate.cases import Case
from scripts.evaluate.figures import intervals, ranking
from scripts.evaluate.figures.intervals import Figure, Part
from scripts.evaluate.full_text_search import NAMES, FullTextSearch
from scripts.evaluate.report.results import (
    Parts,
    Results,
    column,
    figures_of,
    names_in,
    parts_as_json,
    read_parts,
)
from scripts.local.whole_file import replacing
from scripts.terminal.problem import Problem

_ROUNDING = 1e-6
"""Sums of floating-point numbers in another order may differ by less than this."""
_ENOUGH_QUESTIONS = 5
"""With fewer questions an interval says nothing."""
_KEPT_ROUNDING = 0.001
"""A baseline keeps four decimals: a ratio of two rounded parts may differ by less than this."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure now and before, over the questions that both runs have."""

    name: str
    before: float
    now: float
    difference: Figure

    def is_drop(self, tolerance: float) -> bool:
        """Whether the figure fell by more than `tolerance`, and not by chance.

        It is not by chance where the whole 95 % interval of the difference is below 0.
        """
        difference = self.difference
        return (
            difference.value < -tolerance
            and difference.high < -_ROUNDING
            and difference.count >= _ENOUGH_QUESTIONS
        )


@dataclass(frozen=True, slots=True)
class Contest:
    """Another ranking's figures. `differences` are ours less its, question by question."""

    name: str
    figures: dict[str, Figure]
    differences: list[Change]


@dataclass(frozen=True)
class Comparison:
    """A run and what it is compared with.

    `before` is the baseline's run, `reference` that of --compare; None where there is none.
    """

    results: Results
    tolerance: float
    before: Parts | None = None
    reference: Parts | None = None
    contests: tuple[Contest, ...] = ()

    @cached_property
    def changes(self) -> list[Change]:
        """Against the baseline."""
        return changes(self.results.parts, self.before or {})

    @cached_property
    def reference_changes(self) -> list[Change]:
        """Against the run of --compare."""
        return changes(self.results.parts, self.reference or {})

    @cached_property
    def drops(self) -> list[Change]:
        return [change for change in self.changes if change.is_drop(self.tolerance)]

    @cached_property
    def regressions(self) -> dict[str, list[str]]:
        """The questions that do worse than in the baseline, each with the figures that fell."""
        return _regressions(self.results.parts, self.before or {})

    def as_json(self) -> dict[str, Any]:
        return {
            **self.results.as_json(),
            "against_baseline": [asdict(change) for change in self.changes],
            "drops": [change.name for change in self.drops],
            "compared": [asdict(change) for change in self.reference_changes],
            "baselines": [asdict(contest) for contest in self.contests],
        }


def changes(now: Parts, before: Parts) -> list[Change]:
    """How each figure differs, over the questions that are in both."""
    shared = [question for question in now if question in before]
    parts, earlier_parts = [now[key] for key in shared], [before[key] for key in shared]
    figures: list[Change] = []
    for name in names_in(parts):
        figure_parts = column(parts, name)
        difference = intervals.difference(figure_parts, column(earlier_parts, name))
        if difference:
            value = _ratio(figure_parts)
            figures.append(Change(name, value - difference.value, value, difference))
    return figures


def contests(passages: Sequence[Passage], cases: Iterable[Case], ours: Parts) -> list[Contest]:
    """Compare with each ranking in `NAMES`, on the questions that our search has answered."""
    parts: dict[str, dict[str, dict[str, Part]]] = {name: {} for name in NAMES}
    with closing(FullTextSearch(passages)) as search:
        for case in cases:
            if case.id not in ours or not case.expected:
                continue
            for name, sources in search.search(case.question, ranking.DEPTH).items():
                measured = ranking.figures(sources, case.expected)
                parts[name][case.id] = {figure: (value, 1.0) for figure, value in measured.items()}
    return [
        Contest(
            name, figures_of(own_parts), changes({key: ours[key] for key in own_parts}, own_parts)
        )
        for name, own_parts in parts.items()
    ]


class Baseline:
    """The committed runs, by the set of questions and the model that answered."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._runs: dict[str, Mapping[str, Any]] = {}
        if path.exists():
            try:
                self._runs = json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                raise Problem(f"{path.name} is damaged; have it back from git: {error}") from error

    def of(self, results: Results) -> Parts | None:
        run = self._runs.get(results.key)
        return None if run is None else read_parts(run)

    def keep(self, results: Results) -> None:
        """Replace the run with this key. A line holds one question, so that diffs are readable."""
        self._runs[results.key] = parts_as_json(results.parts)
        with replacing(self.path) as partial:
            partial.write_text(_lines(self._runs), encoding="utf-8")


def _regressions(now: Parts, before: Parts) -> dict[str, list[str]]:
    worse = {
        question: [
            name
            for name, part in parts.items()
            if part[1] and name in before[question] and _is_less(part, before[question][name])
        ]
        for question, parts in now.items()
        if question in before
    }
    return {question: names for question, names in worse.items() if names}


def _lines(runs: Mapping[str, Mapping[str, Any]]) -> str:
    blocks = []
    for key, questions in sorted(runs.items()):
        lines = (f"  {_json(question)}: {_json(parts)}" for question, parts in questions.items())
        blocks.append(f" {_json(key)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _ratio(parts: Sequence[Part]) -> float:
    return sum(above for above, _ in parts) / sum(below for _, below in parts)


def _is_less(now: Part, before: Part) -> bool:
    return now[0] / now[1] < before[0] / before[1] - _KEPT_ROUNDING
