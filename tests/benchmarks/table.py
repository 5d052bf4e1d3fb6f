"""Prints figures as a table for people."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.benchmarks.figures import Row, Series
from tests.benchmarks.ratios import Comparison

_HEADINGS = ("", "median", "min .. max", "to beat", "ratio", "hold", "")
_WIDTH = 128
"""A line broken by the screen reads better than one broken in each of its columns."""


def show(
    rows_by_name: dict[str, list[Row]], failed: dict[str, str], console: Console | None = None
) -> None:
    """Print one line a figure, and one for each benchmark that failed."""
    console = console or _screen()
    table = Table(*_HEADINGS, box=None, pad_edge=False)
    for name, rows in rows_by_name.items():
        for row in rows:
            table.add_row(f"{name}: {row.name}", *_cells(row))
    if rows_by_name:
        console.print(table)
    _show_failed(failed, console)


def show_compared(
    compared: Mapping[str, Sequence[Comparison]],
    failed: Mapping[str, str],
    commit: str,
    slower: float | None,
    console: Console | None = None,
) -> None:
    """Print one line a figure of both commits, marked where `slower`, in percent, is a limit."""
    console = console or _screen()
    headings = ("", f"before: {commit}", "after: this tree", "ratio", "95 %", "pairs", "")
    table = Table(*headings, box=None, pad_edge=False)
    for name, comparisons in compared.items():
        for comparison in comparisons:
            table.add_row(f"{name}: {comparison.name}", *_compared_cells(comparison, slower))
    if compared:
        console.print(table)
    _show_failed(failed, console)


def _screen() -> Console:
    return Console(highlight=False, width=max(_WIDTH, Console().width))


def _show_failed(failed: Mapping[str, str], console: Console) -> None:
    for name, why in failed.items():
        console.print(f"[red]✗[/] {name} could not be measured: {escape(why)}")


def _compared_cells(comparison: Comparison, slower: float | None) -> list[str]:
    ratio, interval, unit = comparison.ratio, comparison.interval, comparison.unit
    return [
        _amount(comparison.before, unit),
        _amount(comparison.after, unit),
        f"{ratio:.3f}" if ratio else "",
        f"{interval[0]:.3f} .. {interval[1]:.3f}" if interval else "",
        str(len(comparison.pairs)),
        "" if slower is None else _mark(comparison.within(slower)),
    ]


def _mark(holds: bool | None) -> str:
    return {True: "[green]✓[/]", False: "[red]✗[/]", None: ""}[holds]


def _cells(row: Row) -> list[str]:
    to_beat = f"{_amount(row.to_beat.median, row.unit)} {row.to_beat_name}" if row.to_beat else ""
    ratio = f"{row.ratio:.1f} x" if row.ratio else ""
    rest = [to_beat, ratio, _hold(row), _mark(row.holds)]
    return [_amount(row.ours.median, row.unit), _range(row.ours, row.unit), *rest]


def _hold(row: Row) -> str:
    if row.hold is None:
        return ""
    parts = []
    if row.hold.at_most is not None:
        parts.append(f"≤ {_amount(row.hold.at_most, row.unit)}")
    if row.hold.ratio is not None:
        parts.append(f"≥ {row.hold.ratio:g} x")
    return ", ".join(parts)


def _range(series: Series, unit: str) -> str:
    if series.low == series.high:
        return ""
    return f"{_amount(series.low, unit)} .. {_amount(series.high, unit)}"


def _amount(value: float, unit: str) -> str:
    if unit == "s" and value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.2f} {unit}" if value < 100 else f"{value:.0f} {unit}"
