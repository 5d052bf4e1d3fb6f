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
"""Each of these measures ours and all contestants in one inner run, of minutes."""

Figures = Mapping[str, tuple[str, float]]
"""The unit and the value of a figure, by what it is of."""


def run(options: argparse.Namespace) -> int:
    """Measure, and print. Status 1: no figure, or one that `--slower` is not shown for."""
    unfit = [name for name in options.names if name in _ALONE]
    if unfit:
        raise UsageError(
            f"{unfit[0]} can't be compared so: it measures ours together with what it is to beat."
        )
    names = options.names or [name for name in BENCHMARKS if name not in _ALONE]
    commit, rounds = full_name(options.against), options.rounds or _ROUNDS
    compared: dict[str, list[Comparison]] = {}
    failed: dict[str, str] = {}
    with checkout(commit) as other, tempfile.TemporaryDirectory() as scratch:
        for name in names:
            try:
                compared[name] = _compare(name, other, Path(scratch), rounds)
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
        rows = {name: [one.as_json(slower) for one in all_] for name, all_ in compared.items()}
        output.print({"against": commit, "benchmarks": rows, "failed": dict(failed)})
    else:
        table.show_compared(compared, failed, commit[:12], slower)
    every = [comparison for all_ in compared.values() for comparison in all_]
    held = slower is None or all(comparison.within(slower) for comparison in every)
    return 0 if held and not failed else 1


def in_turn(
    before: Callable[[], Figures], after: Callable[[], Figures], number: int
) -> tuple[Figures, Figures]:
    """Measure both; which one goes first changes from round to round."""
    if number % 2:
        earlier = before()
        return earlier, after()
    later = after()
    return before(), later


def paired(rounds: Sequence[tuple[Figures, Figures]]) -> list[Comparison]:
    """The figures that both commits have in every round. Raises RuntimeError without any."""
    names = [what for what in rounds[0][1] if all(what in one for both in rounds for one in both)]
    if not names:
        raise RuntimeError("the two commits have no figure in common")
    return [
        Comparison(
            what,
            rounds[0][1][what][0],
            tuple((before[what][1], after[what][1]) for before, after in rounds),
        )
        for what in names
    ]


def _compare(name: str, other: Path, scratch: Path, rounds: int) -> list[Comparison]:
    def before() -> Figures:
        return _turn(name, other, scratch)

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
