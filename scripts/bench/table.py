"""The figures as people read them."""

from rich.console import Console
from rich.table import Table

from scripts.bench.figures import Row, Series

_HEADINGS = ("", "median", "min .. max", "to beat", "ratio", "hold", "")
_WIDTH = 128
"""A line broken by the screen reads better than one broken in each of its columns."""


def show(
    found: dict[str, list[Row]], failed: dict[str, str], console: Console | None = None
) -> None:
    """Print one line a figure, and one for each benchmark that failed."""
    console = console or Console(highlight=False, width=max(_WIDTH, Console().width))
    table = Table(*_HEADINGS, box=None, pad_edge=False)
    for name, rows in found.items():
        for row in rows:
            table.add_row(f"{name}: {row.what}", *_cells(row))
    if found:
        console.print(table)
    for name, why in failed.items():
        console.print(f"[red]✗[/] {name} could not be measured: {why}", markup=True)


def _cells(row: Row) -> list[str]:
    other = f"{_amount(row.other.median, row.unit)} {row.other_name}" if row.other else ""
    ratio = f"{row.ratio:.1f} x" if row.ratio else ""
    mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: ""}[row.held]
    rest = [other, ratio, _hold(row), mark]
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
