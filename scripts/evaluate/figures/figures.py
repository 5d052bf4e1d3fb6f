"""What one question adds to each figure, and what the figures are called."""

import re
from collections.abc import Sequence

from bot.answering.events import Source
from scripts.evaluate.bots import Reply
from scripts.evaluate.cases import Case
from scripts.evaluate.figures import ranking, tokens
from scripts.evaluate.figures.intervals import Part
from scripts.evaluate.judging import Verdict

MEANING = {
    "recall": "the share of the expected sources that are among the first passages found",
    "precision": "the share of these passages that are expected",
    "mrr": "1 / the rank of the first expected one, 0 where it is not among them",
    "ndcg": "how near the order is to the best one",
    "citations valid": "cited numbers that name a source which the documents hold",
    "citations expected": "cited sources that are expected ones",
    "expected source cited": "answerable questions whose answer cites an expected source",
    "answered": "answerable questions that got an answer",
    "abstention precision": "not answerable, of those that it said it does not know",
    "abstention recall": "of those not answerable, it said so",
    "token F1": "words that answer and golden answer share, as SQuAD counts them",
    "points made": "expected points that the judge finds in the answers",
    "correct": "answers that make all points and contradict none, says the judge",
}
ABSTENTION_PRECISION = "abstention precision"
SHARES = ("correct",)
"""Figures that count yes and no, for which Wilson's interval is better than drawing."""

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_NUMBER = re.compile(r"\[(\d{1,3})\]")


def figures(case: Case, reply: Reply, verdict: Verdict | None) -> dict[str, Part]:
    """Above and below the line of each figure that this question says something about."""
    parts: dict[str, Part] = {}
    if case.expected:
        found = [passage.source for passage in reply.found]
        parts |= _means(ranking.figures(found, case.expected))
    if reply.text:
        parts |= _of_citations(case, reply) | _of_abstention(case, reply)
    if reply.text and case.answer:
        parts |= _means({"token F1": tokens.f1(reply.text, case.answer)})
    if verdict:
        parts["points made"] = (float(sum(verdict.points)), float(len(verdict.points)))
        parts |= _means({"correct": float(verdict.right)})
    return parts


def cited_numbers(text: str) -> list[int]:
    """The numbers of sources in an answer; what looks like one within code is none."""
    return [int(number) for number in _NUMBER.findall(_CODE.sub("", text))]


def _of_citations(case: Case, reply: Reply) -> dict[str, Part]:
    numbers = cited_numbers(reply.text)
    held = [cited.held for cited in reply.cited]
    valid = sum(1 for number in numbers if 0 < number <= len(held) and held[number - 1])
    parts: dict[str, Part] = {"citations valid": (float(valid), float(len(numbers)))}
    if case.expected:
        cited = [] if reply.abstained else [one.source for one in reply.cited]
        right = _fitting(case, cited)
        parts["citations expected"] = (float(right), float(len(cited)))
        parts["expected source cited"] = (float(right > 0), 1.0)
    return parts


def _of_abstention(case: Case, reply: Reply) -> dict[str, Part]:
    abstained = float(reply.abstained)
    if case.answerable:
        return {"answered": (1.0 - abstained, 1.0), ABSTENTION_PRECISION: (0.0, abstained)}
    return {ABSTENTION_PRECISION: (abstained, abstained), "abstention recall": (abstained, 1.0)}


def _fitting(case: Case, sources: Sequence[Source]) -> int:
    return sum(1 for source in sources if any(one.fits(source) for one in case.expected))


def _means(values: dict[str, float]) -> dict[str, Part]:
    return {name: (value, 1.0) for name, value in values.items()}
