"""`./stackbot bench --against COMMIT`: this tree beside another commit, by turns, in one run."""

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from infra.bundle import ROOT
from scripts.measurements import BENCHMARKS
from scripts.terminal.json_output import JsonOutput
from scripts.terminal.problem import UsageError
from scripts.terminal.steps import step
from tests.benchmarks import table
from tests.benchmarks.checkout import checkout, full_name
from tests.benchmarks.processes.background import results_of
from tests.benchmarks.ratios import Comparison

_ROUNDS = 20
_SECONDS = 600
_TURN = Path(__file__).with_name("turn.py")
_ALONE = ("loop", "search")
"""Each of these measures ours and all contestants in one process, for minutes."""

Figures = Mapping[str, tuple[str, float]]
"""The unit and the value of a figure, by what it is of."""


def run(options: argparse.Namespace) -> int:
    """Measure, and print. The status is 1 without figures, or where one may exceed `--slower`."""
    unfit = [name for name in options.names if name in _ALONE]
    if unfit:
        raise UsageError(
            f"{unfit[0]} can't be compared so: it measures ours together with what it is to beat."
        )
    names = options.names or [name for name in BENCHMARKS if name not in _ALONE]
    commit, rounds = full_name(options.against), options.rounds or _ROUNDS
    compared: dict[str, list[Comparison]] = {}
    failed: dict[str, str] = {}
    with checkout(commit) as project, tempfile.TemporaryDirectory() as scratch:
        for name in names:
            try:
                compared[name] = _compare(name, project, Path(scratch), rounds)
            except Exception as error:  # the others can be compared all the same
                failed[name] = " ".join(str(error).split()) or type(error).__name__
    return show(compared, failed, commit, options.slower, options.json)


def show(
    compared: Mapping[str, Sequence[Comparison]],
    failed: Mapping[str, str],
    commit: str,
    slower: float | None,
    output: JsonOutput | None = None,
) -> int:
    """Print the comparisons, and return the exit status."""
    if output:
        rows = {name: [c.as_json(slower) for c in listed] for name, listed in compared.items()}
        output.print({"against": commit, "benchmarks": rows, "failed": dict(failed)})
    else:
        table.show_compared(compared, failed, commit[:12], slower)
    comparisons = [comparison for listed in compared.values() for comparison in listed]
    within_limit = slower is None or all(comparison.within(slower) for comparison in comparisons)
    return 0 if within_limit and not failed else 1


def in_turn(
    before: Callable[[], Figures], after: Callable[[], Figures], number: int
) -> tuple[Figures, Figures]:
    """Measure both. In odd rounds `before` goes first, in even ones `after`."""
    if number % 2:
        earlier = before()
        return earlier, after()
    later = after()
    return before(), later


def paired(rounds: Sequence[tuple[Figures, Figures]]) -> list[Comparison]:
    """The figures that both commits have in every round. Raises RuntimeError without any."""
    everything = [figures for pair in rounds for figures in pair]
    names = [name for name in rounds[0][1] if all(name in figures for figures in everything)]
    if not names:
        raise RuntimeError("the two commits have no figure in common")
    return [
        Comparison(
            name,
            rounds[0][1][name][0],
            tuple((before[name][1], after[name][1]) for before, after in rounds),
        )
        for name in names
    ]


def _compare(name: str, project: Path, scratch: Path, rounds: int) -> list[Comparison]:
    def before() -> Figures:
        return _turn(name, project, scratch)

    def after() -> Figures:
        return _turn(name, ROOT, scratch)

    with step(f"{name}, not counted"):  # what comes from the disk the first time
        in_turn(before, after, 0)
    pairs = []
    for number in range(1, rounds + 1):
        with step(f"{name}, pair {number} of {rounds}"):
            pairs.append(in_turn(before, after, number))
    return paired(pairs)


def _turn(name: str, project: Path, scratch: Path) -> Figures:
    command: list[str | Path] = [project / ".venv" / "bin" / "python", "-P", _TURN, name]
    figures: dict[str, tuple[str, float]] = results_of(
        command, project, scratch, {"PYTHONPATH": str(project)}, _SECONDS
    )
    return figures
