"""What one question adds to each figure, and the figures' names."""

import re
import string
from collections import Counter

from bot.markdown.blocks import CODE
from scripts.evaluate.bots import Reply
from scripts.evaluate.cases import Case
from scripts.evaluate.figures import ranking
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
"""Figures that count yes and no: Wilson's interval holds better for them than resampling."""

_CODE = re.compile(CODE, re.DOTALL)  # "`items[0]`"
_NUMBER = re.compile(r"\[(\d{1,3})\]")  # "[1]"
_CITATION = re.compile(r" ?\[\d{1,3}\]")  # " [1]"
_ARTICLE = re.compile(r"\b(a|an|the)\b")  # "the"
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def figures(case: Case, reply: Reply, verdict: Verdict | None) -> dict[str, Part]:
    """What the question adds to each figure that it says something about."""
    parts: dict[str, Part] = {}
    if case.expected:
        sources = [passage.source for passage in reply.passages]
        parts |= _means(ranking.figures(sources, case.expected))
    if reply.text:
        parts |= _of_citations(case, reply) | _of_abstention(case, reply)
    if reply.text and case.answer:
        parts |= _means({"token F1": token_f1(reply.text, case.answer)})
    if verdict:
        parts["points made"] = (float(sum(verdict.points)), float(len(verdict.points)))
        parts |= _means({"correct": float(verdict.right)})
    return parts


def cited_numbers(text: str) -> list[int]:
    """The numbers of sources in an answer, code apart: `items[0]` cites nothing."""
    return [int(number) for number in _NUMBER.findall(_CODE.sub("", text))]


def token_f1(answer: str, golden: str) -> float:
    """The harmonic mean of precision and recall over words, without the numbers of sources.

    Words are compared as in SQuAD's evaluate-v1.1.py: in lower case, without punctuation and
    articles. See https://arxiv.org/abs/1606.05250.
    """
    words, golden_words = _words(_CITATION.sub("", answer)), _words(golden)
    if not words or not golden_words:
        return float(words == golden_words)
    shared = sum((Counter(words) & Counter(golden_words)).values())
    return 2 * shared / (len(words) + len(golden_words))


def _words(text: str) -> list[str]:
    return _ARTICLE.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split()


def _of_citations(case: Case, reply: Reply) -> dict[str, Part]:
    numbers = cited_numbers(reply.text)
    exists = [citation.exists for citation in reply.citations]
    valid = sum(1 for number in numbers if 0 < number <= len(exists) and exists[number - 1])
    parts: dict[str, Part] = {"citations valid": (float(valid), float(len(numbers)))}
    if case.expected:
        sources = [] if reply.abstained else [citation.source for citation in reply.citations]
        right = sum(1 for source in sources if any(e.fits(source) for e in case.expected))
        parts["citations expected"] = (float(right), float(len(sources)))
        parts["expected source cited"] = (float(right > 0), 1.0)
    return parts


def _of_abstention(case: Case, reply: Reply) -> dict[str, Part]:
    abstained = float(reply.abstained)
    if case.answerable:
        return {"answered": (1.0 - abstained, 1.0), ABSTENTION_PRECISION: (0.0, abstained)}
    return {ABSTENTION_PRECISION: (abstained, abstained), "abstention recall": (abstained, 1.0)}


def _means(values: dict[str, float]) -> dict[str, Part]:
    return {name: (value, 1.0) for name, value in values.items()}
