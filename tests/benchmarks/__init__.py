"""`./stackbot bench`: medians, each beside that of what it has to beat, from the same run."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import TYPE_CHECKING

from scripts.measurements import BENCHMARKS
from scripts.terminal.interruption import end_on
from scripts.terminal.problem import UsageError

if TYPE_CHECKING:
    from scripts.terminal.json_output import JsonOutput
    from tests.benchmarks.figures import Row

_SECONDS = 240
"""The limit of a benchmark on a slow machine, unless its module has `SECONDS` of its own."""


def run(options: argparse.Namespace) -> int:
    """Measure, and print. The status is 1 where a benchmark failed, whatever the figures."""
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        names = ", ".join(BENCHMARKS)
        raise UsageError(f"There is no benchmark {unknown[0]!r}: choose from {names}.")
    if not options.against and (options.rounds or options.slower is not None):
        raise UsageError("--rounds and --slower compare two commits: name one with --against.")
    end_on(signal.SIGTERM, signal.SIGHUP)
    if options.against:
        from tests.benchmarks import against

        return against.run(options)
    rows_by_name: dict[str, list[Row]] = {}
    failed: dict[str, str] = {}
    for name in options.names or BENCHMARKS:
        try:
            rows_by_name[name] = _measured(name)
        except Exception as error:  # the others can be measured all the same
            failed[name] = " ".join(str(error).split()) or type(error).__name__
    show(rows_by_name, failed, options.json)
    return 1 if failed else 0


def _measured(name: str) -> list[Row]:
    from scripts.terminal.steps import step  # rich, which --help has to do without

    benchmark = import_module(f"tests.benchmarks.measures.{name}")
    with step(name), _at_most(getattr(benchmark, "SECONDS", _SECONDS)):
        rows: list[Row] = benchmark.measure()
    return rows


def show(
    rows_by_name: dict[str, list[Row]], failed: dict[str, str], output: JsonOutput | None = None
) -> None:
    """Print the figures, and the reasons for those that are missing."""
    if output:
        entries = {name: [row.as_json() for row in rows] for name, rows in rows_by_name.items()}
        output.print({"benchmarks": entries, "failed": failed})
        return
    from tests.benchmarks import table

    table.show(rows_by_name, failed)


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """Raise TimeoutError in the main thread after so many seconds."""

    def time_is_over(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"it took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, time_is_over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
