"""What to search for: the words of a question, and fainter those of the turns before it."""

from dataclasses import dataclass

from bot.answering.events import Question
from bot.answering.words import terms

_TURN_WEIGHTS = (0.4, 0.2, 0.1)
_TERMS = 64


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
    weights = dict.fromkeys(terms(question.text)[:_TERMS], 1.0)
    asked = [turn.text for turn in question.history if turn.role == "user"]
    for text, weight in zip(reversed(asked), _TURN_WEIGHTS, strict=False):
        for term in terms(text)[:_TERMS]:
            weights.setdefault(term, weight)
    words = (Word((term,), weight) for term, weight in weights.items())
    return Query(question.text, tuple(words))
