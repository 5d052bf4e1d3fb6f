"""What to search for: the words of a question, and fainter those of the turns before it."""

from dataclasses import dataclass

from bot.answering.events import Question
from bot.answering.retrieval.words import sought

_TURN_WEIGHTS = (1.0, 0.4, 0.2, 0.1)
"""What a word counts in the question, and in the last three before it."""
_END, _TERMS = 2_000, 64
"""Characters at each end of a long text, and terms of both, that are searched for."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word that is looked for. A passage has it where it has any of its `terms`."""

    terms: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for the search; `text` is what an embedding is made of."""

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
    """What a text asks for, at its ends: people paste a log before their question, or behind it."""
    ends = text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"
    words = list(sought(ends))
    return words if len(words) <= _TERMS else [*words[: _TERMS // 2], *words[-_TERMS // 2 :]]
