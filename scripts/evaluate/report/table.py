"""Prints the figures of a run in the terminal."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scripts.evaluate.comparison import Change, Comparison
from scripts.evaluate.figures.figures import MEANING
from scripts.evaluate.figures.intervals import Figure
from scripts.evaluate.figures.ranking import CUTS, MEASURES
from scripts.evaluate.report.results import SECONDS, Results

_WIDTH = 118
_FAILURES_SHOWN = 5
_CONTEST_FIGURES = (
    "precision@3",
    "recall@3",
    "recall@10",
    "recall@20",
    "mrr@3",
    "mrr@20",
    "ndcg@10",
)


def show(comparison: Comparison) -> None:
    """Print the figures, then how they differ from those of other runs and rankings."""
    console = Console(highlight=False, width=max(_WIDTH, Console().width))
    results, figures = comparison.results, comparison.results.figures
    console.print(f"\n[bold]{escape(heading(results))}[/]\n")
    if results.note:
        console.print(f"[dim]{escape(results.note)}[/]\n")
    if any(name.startswith("recall@") for name in figures):
        console.print(_ranked(figures))
    if answers := [name for name in MEANING if name in figures]:
        console.print(_answers(figures, answers))
    for contest in comparison.contests:
        console.print(f"\nStackBot, and [bold]{contest.name}[/] on the same questions\n")
        differences = [c for c in contest.differences if c.name in _CONTEST_FIGURES]
        console.print(_changes(differences, contest.name, "StackBot"))
    if comparison.reference is not None:
        console.print("\nAgainst the other run\n")
        console.print(_changes(comparison.reference_changes, "other", "this"))
    _show_baseline(console, comparison)
    _show_failures(console, results)


def heading(results: Results) -> str:
    """What was measured, in a line."""
    questions = f"{len(results.measured)} questions of {results.name}"
    bot = "in this process" if results.bot == "offline" else f"asked of {results.bot}"
    model = f", answered by {results.model}" if results.model else ""
    return f"{questions}, {bot}{model}" + ("" if results.whole else "; interrupted")


def number(value: float) -> str:
    return f"{value:.3f}"


def interval(figure: Figure) -> str:
    return f"{figure.low:.2f} .. {figure.high:.2f}"


def _ranked(figures: dict[str, Figure]) -> Table:
    table = Table("found", *(f"first {cut}" for cut in CUTS), box=None, pad_edge=False)
    for name in MEASURES:
        cells = (figures[f"{name}@{cut}"] for cut in CUTS)
        table.add_row(name, *(f"{number(cell.value)} [dim]{interval(cell)}[/]  " for cell in cells))
    return table


def _answers(figures: dict[str, Figure], names: Iterable[str]) -> Table:
    table = Table("\nanswered", "", "\n95 %", "\nof", "", box=None, pad_edge=False)
    for name in names:
        figure, meaning = figures[name], f"[dim]{MEANING[name]}[/]"
        spread = f"[dim]{interval(figure)}[/]"
        table.add_row(name, number(figure.value), spread, str(figure.count), meaning)
    if typical := figures.get(SECONDS):
        table.add_row("seconds", number(typical.value), f"[dim]{interval(typical)}[/]", "", "p50")
    return table


def _changes(changes: Iterable[Change], before: str, now: str, drops: Iterable[str] = ()) -> Table:
    table = Table("", now, before, "difference", "95 %", "", box=None, pad_edge=False)
    for change in changes:
        difference = change.difference
        colour = "green" if difference.low > 0 else "red" if difference.high < 0 else "default"
        table.add_row(
            change.name,
            number(change.now),
            number(change.before),
            f"[{colour}]{difference.value:+.3f}[/]",
            f"[dim]{difference.low:+.3f} .. {difference.high:+.3f}[/]",
            "[red]✗ dropped[/]" if change.name in drops else "",
        )
    return table


def _show_baseline(console: Console, comparison: Comparison) -> None:
    if comparison.before is None:
        console.print(
            f"\nThere is no baseline of “{escape(comparison.results.key)}”: --update-baseline keeps"
            " this run as one."
        )
        return
    changed = [change for change in comparison.changes if abs(change.difference.value) >= 0.0005]
    drops = [change.name for change in comparison.drops]
    if changed:
        console.print("\nAgainst the baseline\n")
        console.print(_changes(changed, "baseline", "now", drops))
    if drops:
        console.print(
            f"\n[red]✗[/] {', '.join(drops)} dropped by more than {comparison.tolerance:g}, and not"
            " by chance."
        )
    else:
        console.print("\n[green]✓[/] No figure has dropped against the baseline.")


def _show_failures(console: Console, results: Results) -> None:
    for result in results.failed[:_FAILURES_SHOWN]:
        console.print(f"[red]✗[/] {escape(result.case.id)} failed: {escape(result.failure)}")
    if (more := len(results.failed) - _FAILURES_SHOWN) > 0:
        console.print(f"[red]✗[/] and {more} more failed")
    if unjudged := [result for result in results.measured if result.unjudged]:
        console.print(
            f"The judge gave no verdict on {len(unjudged)} answers: {escape(unjudged[0].unjudged)}"
        )
