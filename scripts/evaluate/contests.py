"""Has other rankings find the same passages for the same questions, and holds ours against them."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

from bot.answering.retrieval.passages import Passage
from scripts.evaluate.cases import Case
from scripts.evaluate.comparison import Change, changes
from scripts.evaluate.full_text_search import NAMES, Fts
from scripts.evaluate.figures import ranking
from scripts.evaluate.figures.intervals import Figure, Part
from scripts.evaluate.report.results import Parts, figures_of


@dataclass(frozen=True, slots=True)
class Contest:
    """One other ranking. `differences` are ours less its, question by question."""

    name: str
    figures: dict[str, Figure]
    differences: list[Change]


def contests(passages: Sequence[Passage], cases: Iterable[Case], ours: Parts) -> list[Contest]:
    """Of each ranking in `NAMES`, on those questions that ours has answered."""
    found: dict[str, dict[str, dict[str, Part]]] = {name: {} for name in NAMES}
    with closing(Fts(passages)) as fts:
        for case in cases:
            if case.id not in ours or not case.expected:
                continue
            for name, sources in fts.search(case.question, ranking.DEPTH).items():
                measured = ranking.figures(sources, case.expected)
                found[name][case.id] = {figure: (value, 1.0) for figure, value in measured.items()}
    return [
        Contest(name, figures_of(parts), _differences(ours, parts)) for name, parts in found.items()
    ]


def _differences(ours: Parts, theirs: Parts) -> list[Change]:
    return changes({question: ours[question] for question in theirs}, theirs)
