"""The figures of a run as people read them in a terminal."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scripts.evaluate.comparison import Change
from scripts.evaluate.contests import Contest
from scripts.evaluate.figures.figures import MEANING
from scripts.evaluate.figures.intervals import Figure
from scripts.evaluate.figures.ranking import CUTS
from scripts.evaluate.report.outcome import Outcome
from scripts.evaluate.report.results import SECONDS, Results

_RANKED = ("recall", "precision", "mrr", "ndcg")
_WIDTH = 118
_FAILURES_SHOWN = 5
_CONTESTED = ("precision@3", "recall@3", "recall@10", "recall@20", "mrr@3", "mrr@20", "ndcg@10")


def show(outcome: Outcome) -> None:
    """Print the figures, then how they differ from what they are held against."""
    console = Console(highlight=False, width=max(_WIDTH, Console().width))
    results, figures = outcome.results, outcome.results.figures
    console.print(f"\n[bold]{escape(heading(results))}[/]\n")
    if results.note:
        console.print(f"[dim]{escape(results.note)}[/]\n")
    if any(name.startswith("recall@") for name in figures):
        console.print(_ranked(figures))
    if answers := [name for name in MEANING if name in figures]:
        console.print(_answers(figures, answers))
    for contest in outcome.contests:
        console.print(f"\nStackBot, and [bold]{contest.name}[/] on the same questions\n")
        console.print(_changes(_contested(contest), contest.name, "StackBot"))
    if outcome.other is not None:
        console.print("\nAgainst the other run\n")
        console.print(_changes(outcome.compared, "other", "this"))
    _show_baseline(console, outcome)
    _show_failures(console, results)


def heading(results: Results) -> str:
    """What was measured, in a line."""
    asked = f"{len(results.measured)} questions of {results.name}"
    by = "in this process" if results.asked == "offline" else f"asked of {results.asked}"
    model = f", answered by {results.model}" if results.model else ""
    return f"{asked}, {by}{model}" + ("" if results.whole else "; interrupted")


def number(value: float) -> str:
    return f"{value:.3f}"


def interval(figure: Figure) -> str:
    return f"{figure.low:.2f} .. {figure.high:.2f}"


def _ranked(figures: dict[str, Figure]) -> Table:
    table = Table("found", *(f"first {cut}" for cut in CUTS), box=None, pad_edge=False)
    for name in _RANKED:
        cells = (figures[f"{name}@{cut}"] for cut in CUTS)
        table.add_row(name, *(f"{number(one.value)} [dim]{interval(one)}[/]  " for one in cells))
    return table


def _answers(figures: dict[str, Figure], names: Iterable[str]) -> Table:
    table = Table("\nanswered", "", "\n95 %", "\nof", "", box=None, pad_edge=False)
    for name in names:
        one = figures[name]
        told = f"[dim]{MEANING[name]}[/]"
        table.add_row(name, number(one.value), f"[dim]{interval(one)}[/]", str(one.count), told)
    if typical := figures.get(SECONDS):
        table.add_row("seconds", number(typical.value), f"[dim]{interval(typical)}[/]", "", "p50")
    return table


def _contested(contest: Contest) -> list[Change]:
    return [change for change in contest.differences if change.name in _CONTESTED]


def _changes(found: Iterable[Change], before: str, now: str, drops: Iterable[str] = ()) -> Table:
    table = Table("", now, before, "difference", "95 %", "", box=None, pad_edge=False)
    for change in found:
        one = change.difference
        colour = "green" if one.low > 0 else "red" if one.high < 0 else "default"
        table.add_row(
            change.name,
            number(change.now),
            number(change.before),
            f"[{colour}]{one.value:+.3f}[/]",
            f"[dim]{one.low:+.3f} .. {one.high:+.3f}[/]",
            "[red]✗ dropped[/]" if change.name in drops else "",
        )
    return table


def _show_baseline(console: Console, outcome: Outcome) -> None:
    if outcome.before is None:
        console.print(
            f"\nThere is no baseline of “{escape(outcome.results.key)}”: --update-baseline keeps"
            " this run as one."
        )
        return
    changed = [change for change in outcome.changes if abs(change.difference.value) >= 0.0005]
    drops = [change.name for change in outcome.drops]
    if changed:
        console.print("\nAgainst the baseline\n")
        console.print(_changes(changed, "baseline", "now", drops))
    if drops:
        told = f"dropped by more than {outcome.tolerance:g}, and not by chance"
        console.print(f"\n[red]✗[/] {', '.join(drops)} {told}.")
    else:
        console.print("\n[green]✓[/] No figure has dropped against the baseline.")


def _show_failures(console: Console, results: Results) -> None:
    for one in results.failed[:_FAILURES_SHOWN]:
        console.print(f"[red]✗[/] {escape(one.case.id)} failed: {escape(one.failure)}")
    if (more := len(results.failed) - _FAILURES_SHOWN) > 0:
        console.print(f"[red]✗[/] and {more} more failed")
    if unjudged := [one for one in results.measured if one.unjudged]:
        console.print(
            f"The judge gave no verdict on {len(unjudged)} answers: {escape(unjudged[0].unjudged)}"
        )
