"""Makes a search query of a question, with the words of earlier turns at lower weights."""

from dataclasses import dataclass

from bot.answering.events import Question
from bot.answering.retrieval.words import sought

_TURN_WEIGHTS = (1.0, 0.4, 0.2, 0.1)
"""What a word counts in the question, and in the last three before it."""
_END, _TERMS = 2_000, 64
"""Characters at each end of a long text, and terms of both, that are searched for."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query. A passage contains it if it contains any of its `terms`."""

    terms: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Query:
    """A question prepared for the search; `text` is what its vector is made from."""

    text: str
    words: tuple[Word, ...] = ()


def query_of(question: Question) -> Query:
    """The question's words, and those of the last turns at a lower weight.

    A follow-up such as "and to prod?" means nothing without the question before it.
    """
    weights: dict[tuple[str, ...], float] = {}
    earlier = [turn.text for turn in question.history if turn.role == "user"]
    for text, weight in zip((question.text, *reversed(earlier)), _TURN_WEIGHTS, strict=False):
        for terms, share in _sought(text):
            weights.setdefault(terms, weight * share)
    words = (Word(terms, weight) for terms, weight in weights.items())
    return Query(question.text, tuple(words))


def _sought(text: str) -> list[tuple[tuple[str, ...], float]]:
    """The words at the ends of a text: people paste logs before or after their question."""
    ends = text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"
    words = list(sought(ends))
    return words if len(words) <= _TERMS else [*words[: _TERMS // 2], *words[-_TERMS // 2 :]]
