"""BM25 (Robertson and Zaragoza, 2009), in the parts that writing and searching use."""

import math
from collections import defaultdict
from collections.abc import Mapping

from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.words import count_terms

HEADING_WEIGHT = 3
"""How many times as much a word counts in a heading as in the text."""
_K1, _B = 1.2, 0.75
"""How soon a term's further occurrences add little, and how much a passage's length counts: the
usual values (Manning, Raghavan and Schütze, 2008, section 11.4.3)."""


def weighted_counts(passage: Passage) -> Mapping[str, float]:
    """How often each term stands in a passage; those of its headings weigh more."""
    counts: dict[str, float] = defaultdict(float)
    weighed = [(passage.text, 1), *((heading, HEADING_WEIGHT) for heading in passage.source.path)]
    for text, weight in weighed:
        for term, count in count_terms(text, passage.language).items():
            counts[term] += weight * count
    return counts


def length(counts: Mapping[str, float]) -> float:
    """The length of a passage: the sum of its counts."""
    return sum(counts.values())


def norm(length: float, average: float) -> float:
    """The normalisation for a passage of this length, to use in `saturation`."""
    return _K1 * (1 - _B + _B * length / average)


def saturation(count: float, norm: float) -> float:
    """The weight of a term's count, from 0 up to 1: the tenth time adds less than the first."""
    return count / (count + norm)


def idf(with_term: int, passages: int) -> float:
    """The inverse document frequency of a term in `with_term` of `passages`."""
    return math.log(1 + (passages - with_term + 0.5) / (with_term + 0.5))
