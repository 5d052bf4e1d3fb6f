"""The report: one self-contained HTML file, with what was expected beside what came."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from itertools import chain
from pathlib import Path
from string import Template

from scripts.evaluate.comparison import Change, Comparison
from scripts.evaluate.figures.figures import MEANING
from scripts.evaluate.figures.intervals import Figure
from scripts.evaluate.figures.ranking import CUTS, MEASURES
from scripts.evaluate.report import question_cards, table
from scripts.evaluate.report.flags import NAMES, flags
from scripts.evaluate.report.results import SECONDS
from scripts.local.whole_file import replacing

_TEMPLATE = Path(__file__).with_name("report.html")
_VISIBLE_CHANGE = 0.0005
"""Smaller ones round to 0 at three decimals."""
_MOST_CARDS = 1_000
"""Of more questions the page shows those with flags, up to as many."""


def write(path: Path, comparison: Comparison, *, limited: bool) -> None:
    """Write the report to `path`, in place of any file there.

    It quotes documents that are for some people only where `limited` is set.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as partial:
        partial.write_text(render(comparison, limited=limited), encoding="utf-8")


def render(comparison: Comparison, *, limited: bool) -> str:
    """The page's HTML. Whatever people or models wrote is escaped."""
    results, worse = comparison.results, comparison.regressions
    measured = [(result, [*flags(result, result.case.id in worse)]) for result in results.measured]
    if len(measured) > _MOST_CARDS:
        measured = [pair for pair in measured if pair[1]][:_MOST_CARDS]
    page = Template(_TEMPLATE.read_text(encoding="utf-8"))
    return page.substitute(
        title=escape(f"Measured: {results.name}"),
        about=escape(
            f"{table.heading(results)}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {results.note}"
        ),
        summary="\n".join(_summary(comparison)),
        filters="".join(_filters([names for _, names in measured])),
        cases="\n".join(
            question_cards.card(
                result, names, comparison.before, worse.get(result.case.id, []), limited=limited
            )
            for result, names in measured
        ),
    )


def _summary(comparison: Comparison) -> Iterable[str]:
    figures = comparison.results.figures
    before = {change.name: change for change in comparison.changes}
    drops = {change.name for change in comparison.drops}
    yield '<div class="tables">'
    if any(name.startswith("recall@") for name in figures):
        yield _sheet(_ranked(figures, before, drops))
    if any(name in figures for name in MEANING):
        yield _sheet(_answers(figures, before, drops))
    for contest in comparison.contests:
        yield _sheet(_changes(contest.differences, "StackBot", contest.name))
    if comparison.reference is not None:
        yield _sheet(_changes(comparison.reference_changes, "this run", "the other run"))
    yield "</div>"


def _ranked(figures: Mapping[str, Figure], before: Mapping[str, Change], drops: set[str]) -> str:
    head = "".join(f"<th>first {cut}</th>" for cut in CUTS)
    rows = []
    for measure in MEASURES:
        names = [f"{measure}@{cut}" for cut in CUTS]
        cells = "".join(_cell(figures[name], before.get(name), name in drops) for name in names)
        rows.append(f'<tr><th title="{MEANING[measure]}">{measure}</th>{cells}</tr>')
    return f"<tr><th>found</th>{head}</tr>{''.join(rows)}"


def _answers(figures: Mapping[str, Figure], before: Mapping[str, Change], drops: set[str]) -> str:
    rows = ["<tr><th>answered</th><th></th><th>of</th><th></th></tr>"]
    for name, meaning in MEANING.items():
        if name in figures:
            cell = _cell(figures[name], before.get(name), name in drops)
            rows.append(
                f"<tr><td>{name}</td>{cell}<td>{figures[name].count}</td>"
                f"<td><small>{meaning}</small></td></tr>"
            )
    if typical := figures.get(SECONDS):
        rows.append(
            f"<tr><td>seconds, p50</td>{_cell(typical, None, False)}<td></td><td></td></tr>"
        )
    return "".join(rows)


def _cell(figure: Figure, change: Change | None, dropped: bool) -> str:
    difference = ""
    if change and abs(change.difference.value) >= _VISIBLE_CHANGE:
        difference = f" {_signed(change.difference)}"
    style = "number drop" if dropped else "number"
    value, interval = table.number(figure.value), table.interval(figure)
    return f'<td class="{style}">{value}{difference}<br><span class="range">{interval}</span></td>'


def _changes(changes: Iterable[Change], now: str, before: str) -> str:
    rows = [
        f"<tr><th></th><th>{escape(now)}</th><th>{escape(before)}</th>"
        "<th>difference</th><th>95 %</th></tr>"
    ]
    for change in changes:
        difference = change.difference
        rows.append(
            f"<tr><td>{escape(change.name)}</td><td>{table.number(change.now)}</td>"
            f"<td>{table.number(change.before)}</td><td>{_signed(difference)}</td>"
            f'<td class="range">{difference.low:+.3f} .. {difference.high:+.3f}</td></tr>'
        )
    return "".join(rows)


def _signed(difference: Figure) -> str:
    """Coloured where 0 is outside of the interval."""
    way = "up" if difference.low > 0 else "down" if difference.high < 0 else "range"
    return f'<span class="{way}">{difference.value:+.3f}</span>'


def _filters(flags: Sequence[Sequence[str]]) -> Iterable[str]:
    """A button for each flag, with the number of questions. `flags` are those of each question."""
    counts = Counter(chain.from_iterable(flags))
    yield f'<button data-flag="">all {len(flags)}</button>'
    if wrong := sum(map(bool, flags)):
        yield f'<button data-flag="wrong">anything wrong {wrong}</button>'
    for flag, name in NAMES.items():
        if counts[flag]:
            yield f'<button data-flag="{flag}">{name} {counts[flag]}</button>'


def _sheet(rows: str) -> str:
    return f'<div class="sheet"><table>{rows}</table></div>'
