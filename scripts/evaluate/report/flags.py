"""Names what is wrong with one question's result, for the report's filters."""

from collections.abc import Iterator

from scripts.evaluate.figures.measuring import Measured

NAMES = {
    "failed": "failed",
    "not-found": "source not found",
    "not-cited": "source not cited",
    "no-answer": "not answered",
    "pretends": "answered all the same",
    "bad-number": "bad citation",
    "judged-wrong": "judged wrong",
    "fallen": "worse than before",
}
_CUT = 5
"""Whether a source was found is judged by the first five passages."""


def flags(result: Measured, is_worse: bool) -> Iterator[str]:
    """Keys of `NAMES`; none where nothing is wrong. `is_worse` is than in the baseline."""
    case, reply = result.case, result.reply
    if result.failure:
        yield "failed"
    if _ratio(result, f"recall@{_CUT}") < 1:
        yield "not-found"
    if reply.text:
        if case.answerable and reply.abstained:
            yield "no-answer"
        elif not _ratio(result, "expected source cited"):
            yield "not-cited"
        if not case.answerable and not reply.abstained:
            yield "pretends"
        if _ratio(result, "citations valid") < 1:
            yield "bad-number"
    if result.verdict and not result.verdict.right:
        yield "judged-wrong"
    if is_worse:
        yield "fallen"


def _ratio(result: Measured, name: str) -> float:
    """1 where the question says nothing about the figure."""
    above, below = result.parts.get(name, (0.0, 0.0))
    return above / below if below else 1.0
