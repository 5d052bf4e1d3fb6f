"""One question in the report: what was expected beside what came, and the texts behind it."""

from collections.abc import Iterator, Mapping
from html import escape

from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import NO_PERMISSIONS
from scripts.evaluate.bots import Cited
from scripts.evaluate.cases import Case, Expected
from scripts.evaluate.figures.measuring import Measured
from scripts.evaluate.report.flags import NAMES
from scripts.evaluate.report.results import Parts

_FOUND = 10
_LIMITED = (
    "<p>Asked as a reader of a channel or a member of a group: what was found and said may not be"
    " for everyone who sees this page: --limited shows it.</p>"
)


def card(
    one: Measured,
    flags: list[str],
    before: Parts | None,
    fallen: Mapping[str, list[str]],
    *,
    limited: bool,
) -> str:
    """A question that opens where it is clicked; `flags` are what the filters go by.

    Of a question that was asked with a clearance it shows the rest only where `limited` is wanted.
    """
    kinds = " ".join(["wrong", *flags]) if flags else "fine"
    inside = _LIMITED
    if limited or one.case.question.permissions == NO_PERMISSIONS:
        inside = "".join(_inside(one, before, fallen.get(one.case.id, [])))
    return (
        f'<details class="case" data-flags="{kinds}"><summary>'
        f'<span class="asked">{escape(one.case.question.text)}</span>{"".join(_marks(one, flags))}'
        f'</summary><div class="inside">{inside}</div></details>'
    )


def _marks(one: Measured, flags: list[str]) -> Iterator[str]:
    if not one.case.answerable:
        yield '<span class="flag aside">not answerable</span>'
    for flag in flags:
        yield f'<span class="flag">{NAMES[flag]}</span>'
    if not flags:
        yield '<span class="flag fine">fine</span>'
    yield f'<span class="id">{escape(one.case.id)}</span>'


def _inside(one: Measured, before: Parts | None, fallen: list[str]) -> Iterator[str]:
    if one.failure:
        yield f'<h3>Failure</h3><p class="failure">{escape(one.failure)}</p>'
    if one.case.question.history:
        yield "<h3>Asked before in the thread</h3>"
        for turn in one.case.question.history:
            who = "bot" if turn.role == "assistant" else "person"
            yield f'<p class="turn {who}">{escape(turn.text)}</p>'
    if fallen and before:
        falls = ", ".join(_fall(name, one, before) for name in fallen)
        yield f'<h3>Against the baseline</h3><p class="falls">{falls}</p>'
    yield f'<div class="sides"><div>{_expected(one)}</div><div>{_found(one)}</div></div>'
    yield from _answer(one)


def _fall(name: str, one: Measured, before: Parts) -> str:
    (above, below), (then, of) = one.parts[name], before[one.case.id][name]
    return f"{escape(name)} {then / of:.2f} → {above / below:.2f}"


def _expected(one: Measured) -> str:
    if not one.case.answerable:
        return "<h3>Expected</h3><p>That it says it does not know.</p>"
    rows = "".join(_wanted(expected, one) for expected in one.case.expected)
    return f"<h3>Expected</h3><ul>{rows}</ul>{_points(one)}"


def _wanted(expected: Expected, one: Measured) -> str:
    ranks = (rank for rank, p in enumerate(one.reply.found, 1) if expected.fits(p.source))
    rank = next(ranks, None)
    told = f"found as number {rank}" if rank else "not found"
    style = "right" if rank else "wrong"
    return f'<li class="{style}">{escape(str(expected))} <small>{told}</small></li>'


def _points(one: Measured) -> str:
    points = one.case.points or ((one.case.answer,) if one.case.answer else ())
    if not points:
        return ""
    rows = []
    for number, point in enumerate(points):
        style, mark = "", ""
        if one.verdict:
            made = one.verdict.points[number]
            style, mark = ("right", " ✓") if made else ("wrong", " ✗")
        rows.append(f'<li class="{style}">{escape(point)}{mark}</li>')
    unjudged = f'<p class="failure">{escape(one.unjudged)}</p>' if one.unjudged else ""
    return f"<h3>Points of a right answer</h3><ul>{''.join(rows)}</ul>{unjudged}"


def _found(one: Measured) -> str:
    rows = "".join(_passage(passage, one.case) for passage in one.reply.found[:_FOUND])
    return f"<h3>Found</h3><ol>{rows}</ol>" if rows else "<h3>Found</h3><p class=none>Nothing.</p>"


def _passage(passage: Passage, case: Case) -> str:
    right = any(expected.fits(passage.source) for expected in case.expected)
    style = ' class="right"' if right else ""
    name = _name(passage.source.file, str(passage.source))
    if not passage.text:
        return f"<li{style}>{name}</li>"
    text = f'<div class="passage">{escape(passage.text)}</div>'
    return f"<li{style}><details><summary>{name}</summary>{text}</details></li>"


def _answer(one: Measured) -> Iterator[str]:
    if not one.reply.text:
        return
    title = "Answer: it says that it does not know" if one.reply.abstained else "Answer"
    yield f'<h3>{title}</h3><div class="answer">{escape(one.reply.text)}</div>'
    if one.reply.cited:
        rows = "".join(_cited(cited, one.case) for cited in one.reply.cited)
        yield f"<h3>Its sources</h3><ol>{rows}</ol>"


def _cited(cited: Cited, case: Case) -> str:
    right = any(expected.fits(cited.source) for expected in case.expected)
    style = ' class="right"' if right else "" if cited.held else ' class="wrong"'
    return f"<li{style}>{_name(cited.source.file, str(cited.source))}</li>"


def _name(file: str, path: str) -> str:
    return f"{escape(path or file)} <small>{escape(file)}</small>" if path else escape(file)
