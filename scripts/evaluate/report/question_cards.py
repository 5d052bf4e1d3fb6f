"""A card of the report: one question with what was expected, what was found, and the answer."""

from collections.abc import Iterator, Sequence
from html import escape

from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import NO_PERMISSIONS
from scripts.evaluate.bots import Citation
from scripts.evaluate.cases import Case, Expected
from scripts.evaluate.figures.measuring import Measured
from scripts.evaluate.report.flags import NAMES
from scripts.evaluate.report.results import Parts

_MOST_PASSAGES = 10
_LIMITED = (
    "<p>Asked as a reader of a channel or a member of a group: what was found and said may not be"
    " for everyone who sees this page: --limited shows it.</p>"
)


def card(
    result: Measured,
    flags: Sequence[str],
    before: Parts | None,
    worse: Sequence[str],
    *,
    limited: bool,
) -> str:
    """A question as HTML, whose details open on a click. The filters use `flags`.

    `worse` are the figures that fell against `before`, the baseline. A question that was asked with
    permissions shows its details only where `limited` is set.
    """
    kinds = " ".join(["wrong", *flags]) if flags else "fine"
    inside = _LIMITED
    if limited or result.case.question.permissions == NO_PERMISSIONS:
        inside = "".join(_inside(result, before, worse))
    question = escape(result.case.question.text)
    return (
        f'<details class="case" data-flags="{kinds}"><summary>'
        f'<span class="asked">{question}</span>{"".join(_marks(result, flags))}'
        f'</summary><div class="inside">{inside}</div></details>'
    )


def _marks(result: Measured, flags: Sequence[str]) -> Iterator[str]:
    if not result.case.answerable:
        yield '<span class="flag aside">not answerable</span>'
    for flag in flags:
        yield f'<span class="flag">{NAMES[flag]}</span>'
    if not flags:
        yield '<span class="flag fine">fine</span>'
    yield f'<span class="id">{escape(result.case.id)}</span>'


def _inside(result: Measured, before: Parts | None, worse: Sequence[str]) -> Iterator[str]:
    if result.failure:
        yield f'<h3>Failure</h3><p class="failure">{escape(result.failure)}</p>'
    if result.case.question.history:
        yield "<h3>Asked before in the thread</h3>"
        for turn in result.case.question.history:
            speaker = "bot" if turn.role == "assistant" else "person"
            yield f'<p class="turn {speaker}">{escape(turn.text)}</p>'
    if worse and before:
        falls = ", ".join(_fall(name, result, before) for name in worse)
        yield f'<h3>Against the baseline</h3><p class="falls">{falls}</p>'
    yield f'<div class="sides"><div>{_expected(result)}</div><div>{_passages(result)}</div></div>'
    yield from _answer(result)


def _fall(name: str, result: Measured, before: Parts) -> str:
    (above, below), (then, of) = result.parts[name], before[result.case.id][name]
    return f"{escape(name)} {then / of:.2f} → {above / below:.2f}"


def _expected(result: Measured) -> str:
    if not result.case.answerable:
        return "<h3>Expected</h3><p>That it says it does not know.</p>"
    rows = "".join(_expected_source(expected, result) for expected in result.case.expected)
    return f"<h3>Expected</h3><ul>{rows}</ul>{_points(result)}"


def _expected_source(expected: Expected, result: Measured) -> str:
    ranks = (rank for rank, p in enumerate(result.reply.passages, 1) if expected.fits(p.source))
    rank = next(ranks, None)
    position = f"found as number {rank}" if rank else "not found"
    style = "right" if rank else "wrong"
    return f'<li class="{style}">{escape(str(expected))} <small>{position}</small></li>'


def _points(result: Measured) -> str:
    points = result.case.points or ((result.case.answer,) if result.case.answer else ())
    if not points:
        return ""
    rows = []
    for number, point in enumerate(points):
        style, mark = "", ""
        if result.verdict:
            style, mark = ("right", " ✓") if result.verdict.points[number] else ("wrong", " ✗")
        rows.append(f'<li class="{style}">{escape(point)}{mark}</li>')
    unjudged = f'<p class="failure">{escape(result.unjudged)}</p>' if result.unjudged else ""
    return f"<h3>Points of a right answer</h3><ul>{''.join(rows)}</ul>{unjudged}"


def _passages(result: Measured) -> str:
    rows = "".join(
        _passage(passage, result.case) for passage in result.reply.passages[:_MOST_PASSAGES]
    )
    return f"<h3>Found</h3><ol>{rows}</ol>" if rows else "<h3>Found</h3><p class=none>Nothing.</p>"


def _passage(passage: Passage, case: Case) -> str:
    right = any(expected.fits(passage.source) for expected in case.expected)
    style = ' class="right"' if right else ""
    name = _name(passage.source.file, str(passage.source))
    if not passage.text:
        return f"<li{style}>{name}</li>"
    text = f'<div class="passage">{escape(passage.text)}</div>'
    return f"<li{style}><details><summary>{name}</summary>{text}</details></li>"


def _answer(result: Measured) -> Iterator[str]:
    if not result.reply.text:
        return
    title = "Answer: it says that it does not know" if result.reply.abstained else "Answer"
    yield f'<h3>{title}</h3><div class="answer">{escape(result.reply.text)}</div>'
    if result.reply.citations:
        rows = "".join(_citation(citation, result.case) for citation in result.reply.citations)
        yield f"<h3>Its sources</h3><ol>{rows}</ol>"


def _citation(citation: Citation, case: Case) -> str:
    right = any(expected.fits(citation.source) for expected in case.expected)
    style = ' class="right"' if right else "" if citation.exists else ' class="wrong"'
    return f"<li{style}>{_name(citation.source.file, str(citation.source))}</li>"


def _name(file: str, path: str) -> str:
    return f"{escape(path or file)} <small>{escape(file)}</small>" if path else escape(file)
