"""The report: one file of HTML that needs no other, to look at failures side by side."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template

from scripts.evaluate.comparison import Change
from scripts.evaluate.figures.figures import MEANING
from scripts.evaluate.figures.intervals import Figure
from scripts.evaluate.figures.ranking import CUTS
from scripts.evaluate.report import question_cards, table
from scripts.evaluate.report.flags import NAMES, flags
from scripts.evaluate.report.outcome import Outcome
from scripts.evaluate.report.results import SECONDS
from scripts.local.whole_file import replacing

_TEMPLATE = Path(__file__).with_name("report.html")
_ALIKE = 0.0005
_SHOWN = 1_000
"""How many questions a page shows; the wrong ones where there are more."""


def write(path: Path, outcome: Outcome, *, limited: bool) -> None:
    """Write the report, whatever stood there; with what `limited` documents say if that is wanted.

    Without it the page may go wherever its questions may.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as partial:
        partial.write_text(render(outcome, limited=limited), encoding="utf-8")


def render(outcome: Outcome, *, limited: bool) -> str:
    """The page, with all that people or models wrote escaped."""
    results, fallen = outcome.results, outcome.fallen
    flagged = {one.case.id: flags(one, one.case.id in fallen) for one in results.measured}
    shown = results.measured
    if len(shown) > _SHOWN:
        shown = tuple(one for one in shown if flagged[one.case.id])[:_SHOWN]
    flagged = {one.case.id: flagged[one.case.id] for one in shown}
    page = Template(_TEMPLATE.read_text(encoding="utf-8"))
    return page.substitute(
        title=escape(f"Measured: {results.name}"),
        about=escape(
            f"{table.heading(results)}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {results.note}"
        ),
        summary="\n".join(_summary(outcome)),
        filters="".join(_filters(flagged)),
        cases="\n".join(
            question_cards.card(one, flagged[one.case.id], outcome.before, fallen, limited=limited)
            for one in shown
        ),
    )


def _summary(outcome: Outcome) -> Iterable[str]:
    figures, before = outcome.results.figures, {one.name: one for one in outcome.changes}
    drops = {change.name for change in outcome.drops}
    yield '<div class="tables">'
    if any(name.startswith("recall@") for name in figures):
        yield _sheet(_ranked(figures, before, drops))
    if any(name in figures for name in MEANING):
        yield _sheet(_answers(figures, before, drops))
    for contest in outcome.contests:
        yield _sheet(_changes(contest.differences, "StackBot", contest.name))
    if outcome.other is not None:
        yield _sheet(_changes(outcome.compared, "this run", "the other run"))
    yield "</div>"


def _ranked(figures: Mapping[str, Figure], before: Mapping[str, Change], drops: set[str]) -> str:
    head = "".join(f"<th>first {cut}</th>" for cut in CUTS)
    rows = []
    for measure in ("recall", "precision", "mrr", "ndcg"):
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
    if change and abs(change.difference.value) >= _ALIKE:
        difference = f" {_signed(change.difference)}"
    style = "number drop" if dropped else "number"
    value, interval = table.number(figure.value), table.interval(figure)
    return f'<td class="{style}">{value}{difference}<br><span class="range">{interval}</span></td>'


def _changes(found: Iterable[Change], now: str, before: str) -> str:
    rows = [
        f"<tr><th></th><th>{escape(now)}</th><th>{escape(before)}</th>"
        "<th>difference</th><th>95 %</th></tr>"
    ]
    for change in found:
        one = change.difference
        rows.append(
            f"<tr><td>{escape(change.name)}</td><td>{table.number(change.now)}</td>"
            f"<td>{table.number(change.before)}</td><td>{_signed(one)}</td>"
            f'<td class="range">{one.low:+.3f} .. {one.high:+.3f}</td></tr>'
        )
    return "".join(rows)


def _signed(difference: Figure) -> str:
    """Coloured where the interval leaves no doubt."""
    way = "up" if difference.low > 0 else "down" if difference.high < 0 else "range"
    return f'<span class="{way}">{difference.value:+.3f}</span>'


def _filters(flagged: Mapping[str, list[str]]) -> Iterable[str]:
    counts = Counter(flag for found in flagged.values() for flag in found)
    yield f'<button data-flag="">all {len(flagged)}</button>'
    if wrong := sum(1 for found in flagged.values() if found):
        yield f'<button data-flag="wrong">anything wrong {wrong}</button>'
    for flag, name in NAMES.items():
        if counts[flag]:
            yield f'<button data-flag="{flag}">{name} {counts[flag]}</button>'


def _sheet(rows: str) -> str:
    return f'<div class="sheet"><table>{rows}</table></div>'
