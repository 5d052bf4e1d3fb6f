"""Measures how much of a question a passage covers, to tell answers from what is only near."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from bot.answering.retrieval.index import Hit, Index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import Permissions
from bot.answering.retrieval.query import Query, Word
from bot.answering.retrieval.words import terms

ANSWERED = 0.5
"""How much of the question a passage must cover to answer it (`WeightedQuery.covered`)."""
NEAR = 0.2
"""From where on a passage is worth naming although it doesn't answer."""

_AMOUNT, _FROM = 0.3, 0.8
"""What a word of the rarest kind adds, and what adds nothing yet: a long question need not be
covered in all its words."""
_PASSAGES = 5


@dataclass(frozen=True, slots=True)
class WeightedQuery:
    """The words of a question with their weights; `rarest` is the weight of an unknown word."""

    words: tuple[tuple[tuple[str, ...], float], ...]
    rarest: float

    @classmethod
    def of(cls, query: Query, index: Index) -> Self:
        words = ((word.terms, word.weight * index.weight(word)) for word in query.words)
        return cls(tuple(words), index.weight(Word(())))

    @property
    def worth(self) -> float:
        return sum(worth for _, worth in self.words)

    def matched(self, among: frozenset[str]) -> float:
        """The sum of the weights of the words that are among these terms."""
        return sum(worth for terms, worth in self.words if not among.isdisjoint(terms))

    def covered(self, passage: Passage) -> float:
        """The share of the question that a passage covers, plus a bonus for the number of words.

        See docs/decisions/0031.
        """
        matched = self.matched(terms_of(passage))
        return matched / self.worth + _AMOUNT * max(0.0, matched / self.rarest - _FROM)


def covering(index: Index, query: Query, enough: float) -> list[Hit]:
    """The best passages that cover at least `enough` of the question."""
    weighted = WeightedQuery.of(query, index)
    hits = index.search(query, _PASSAGES)
    return [hit for hit in hits if weighted.covered(hit.passage) >= enough]


@lru_cache(maxsize=256)
def terms_of(passage: Passage) -> frozenset[str]:
    """The terms of a passage and of its headings."""
    return frozenset(terms(f"{passage.source}\n{passage.text}", passage.language))


def suffices(index: Index, query: Query, readers: Permissions) -> bool:
    """Whether what `readers` may see answers a question as well as all that the index shows.

    It does where the passage that ranks first is for them, or one of theirs answers and speaks of
    as much of the question; and where nothing is found at all. See docs/decisions/0037.
    """
    best = index.search(query, 1) if query.words else []
    if not best or best[0].passage.audience.admits(readers):
        return True
    weighted = WeightedQuery.of(query, index)
    enough = max(ANSWERED, weighted.covered(best[0].passage))
    permitted_hits = index.visible_to(readers).search(query, _PASSAGES)
    return any(weighted.covered(hit.passage) >= enough for hit in permitted_hits)
