"""A run together with everything that it is held against."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from scripts.evaluate import comparison
from scripts.evaluate.comparison import Change
from scripts.evaluate.contests import Contest
from scripts.evaluate.report.results import Parts, Results


@dataclass(frozen=True)
class Outcome:
    """`before` is the baseline's run, `other` that of --compare; None where there is none."""

    results: Results
    tolerance: float
    before: Parts | None = None
    other: Parts | None = None
    contests: tuple[Contest, ...] = ()

    @cached_property
    def changes(self) -> list[Change]:
        return comparison.changes(self.results.parts, self.before or {})

    @cached_property
    def compared(self) -> list[Change]:
        return comparison.changes(self.results.parts, self.other or {})

    @cached_property
    def drops(self) -> list[Change]:
        return [change for change in self.changes if change.is_drop(self.tolerance)]

    @cached_property
    def fallen(self) -> dict[str, list[str]]:
        """The questions that do worse than in the baseline, and at which figures."""
        return comparison.fallen(self.results.parts, self.before or {})

    def as_json(self) -> dict[str, Any]:
        return {
            **self.results.as_json(),
            "against_baseline": [change.as_json() for change in self.changes],
            "drops": [change.name for change in self.drops],
            "compared": [change.as_json() for change in self.compared],
            "baselines": [asdict(contest) for contest in self.contests],
        }
