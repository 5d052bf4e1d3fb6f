"""How much of a question a passage speaks of: that tells what answers it from what is near."""

from bot.answering.query import Query
from bot.answering.retrieval import Hit, Index
from bot.answering.words import terms

ANSWERED = 0.5
"""The share of what the question asks for that a passage must speak of to answer it."""
NEAR = 0.2
"""The share from which on a passage is worth naming although it doesn't answer."""

_PASSAGES = 5


def covering(index: Index, query: Query, share: float) -> list[Hit]:
    """The best passages among those that speak of at least this share of the question."""
    asked = worth(index, query)
    return [
        hit for hit in index.search(query, _PASSAGES) if _said(index, query, hit) >= share * asked
    ]


def worth(index: Index, query: Query, said: set[str] | None = None) -> float:
    """What the words of the question are worth, or those of them that are `said`."""
    return sum(
        word.weight * index.weight(word)
        for word in query.words
        if said is None or not said.isdisjoint(word.terms)
    )


def _said(index: Index, query: Query, hit: Hit) -> float:
    passage = hit.passage
    said = terms(f"{passage.source}\n{passage.text}", passage.language)
    return worth(index, query, set(said))
