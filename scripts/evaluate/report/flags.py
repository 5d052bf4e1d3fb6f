"""What is wrong with one question's result, in the words of the report's filters."""

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


def flags(one: Measured, fallen: bool) -> list[str]:
    """Keys of `NAMES`; none where all is well."""
    return list(_flags(one, fallen))


def _flags(one: Measured, fallen: bool) -> Iterator[str]:
    parts = one.parts
    if one.failure:
        yield "failed"
    if _ratio(one, f"recall@{_CUT}") < 1:
        yield "not-found"
    if one.reply.text:
        if one.case.answerable and one.reply.abstained:
            yield "no-answer"
        elif "expected source cited" in parts and not _ratio(one, "expected source cited"):
            yield "not-cited"
        if not one.case.answerable and not one.reply.abstained:
            yield "pretends"
        if _ratio(one, "citations valid") < 1:
            yield "bad-number"
    if one.verdict and not one.verdict.right:
        yield "judged-wrong"
    if fallen:
        yield "fallen"


def _ratio(one: Measured, name: str) -> float:
    above, below = one.parts.get(name, (0.0, 0.0))
    return above / below if below else 1.0
