"""Selects the quotes that answer a question best, in few words.

The method and its figures are in docs/decisions/0031.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.answering.quoting.quote_format import Quote, quotes
from bot.answering.quoting.term_overlap import WeightedQuery, terms_of
from bot.answering.retrieval.index import Hit, Index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.query import Query
from bot.answering.retrieval.words import terms

_PASSAGES = 3
_DENSE, _SHARED, _COVERED, _FRAGMENT = 1.5, 0.5, 0.1, 0.05
"""What a quote is worth for asked words among few others, for words that the best passages share,
for how much of the question it answers under its headings; and what it loses as no sentence."""
_OTHER_WORD, _FEW = 0.55, 1.1
"""What each word that wasn't asked for dilutes, and having very few words: in rarest words."""
_NEIGHBOURS = 0.25
"""How much of what a quote is worth comes from what stands beside it."""
_REPEATED = 0.3
"""The share of a quote that may have been told before at no loss."""
_GOOD = 0.6
"""How good a further quote must be at the least, against the best."""
_ALIKE = 0.6
"""How many of their words two sentences must share to speak of the same."""
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")  # "14", "1,500.50", "9:30"
_CHARACTERS, _EXPECTED, _QUOTES = 600, 150, 9
"""An answer has this many characters at most, and is expected to have; and its most quotes."""
_ENDS = re.compile(r"[.!?:\u3002\uff01\uff1f][)\"'`*_\u201d\u2019]*$")  # "it ends."), "so:**"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quote that may be selected.

    `hit` is the number of its hit and `place` its position there, `says` are its terms, `matched`
    is the weight of those of the question, `value` is its worth.
    """

    hit: int
    place: int
    quote: Quote
    says: frozenset[str]
    matched: float
    value: float

    @property
    def length(self) -> int:
        return len(self.quote.full_text)


def choose(index: Index, query: Query, hits: Sequence[Hit]) -> list[Candidate]:
    """The best quotes of the best passages in reading order, as long as the answer gets better.

    Better by F1 against an answer of some 150 characters, taking what a quote is worth for the
    share of it that is right: the longer the answer, the better a further quote has to be. None
    where the passages hold nothing to quote, such as a rule between two headings.
    """
    candidates = _alternatives(_smoothed(list(_candidates(WeightedQuery.of(query, index), hits))))
    most = max((candidate.value for candidate in candidates), default=0.0)
    considered = [c for c in candidates if c.value >= _GOOD * most]
    candidates = [replace(c, value=(c.value / most) ** 2) for c in considered]
    selection: list[Candidate] = []
    right, length, reached = 0.0, 0, 0.0
    while candidates and len(selection) < _QUOTES:
        answer_terms = frozenset[str]().union(*(candidate.says for candidate in selection))
        best = max(candidates, key=lambda c: _better(c, answer_terms, right, length))
        candidates.remove(best)
        if selection and length + best.length > _CHARACTERS:
            continue
        if (better := _better(best, answer_terms, right, length)) <= reached:
            break
        selection.append(best)
        reached, right = better, right + _right(best, answer_terms)
        length += best.length
    selection += _contradicting(selection, considered, hits)
    return sorted(selection, key=lambda candidate: (candidate.hit, candidate.place))


def contradicts(first: Candidate, second: Candidate, hits: Sequence[Hit]) -> bool:
    """Whether two documents state the same with different numbers; both are shown then."""
    files = {hits[candidate.hit].passage.source.file for candidate in (first, second)}
    numbers = [set(_NUMBER.findall(candidate.quote.prose)) for candidate in (first, second)]
    if len(files) == 1 or not all(numbers) or numbers[0] == numbers[1]:
        return False
    words = [{t for t in c.says if not t[0].isdigit()} for c in (first, second)]
    return len(words[0] & words[1]) >= _ALIKE * len(words[0] | words[1])


def _contradicting(
    selection: Sequence[Candidate], considered: Sequence[Candidate], hits: Sequence[Hit]
) -> list[Candidate]:
    """At most one quote that contradicts a selected one, and was left out as too similar."""
    places = {(candidate.hit, candidate.place) for candidate in selection}
    left_out = (c for c in considered if (c.hit, c.place) not in places)
    return [c for c in left_out if any(contradicts(c, rival, hits) for rival in selection)][:1]


def _better(candidate: Candidate, answer_terms: frozenset[str], right: float, length: int) -> float:
    """Half the F1 that the answer is expected to reach with this quote."""
    return (right + _right(candidate, answer_terms)) / (length + candidate.length + _EXPECTED)


def _right(candidate: Candidate, answer_terms: frozenset[str]) -> float:
    """How many characters of a quote answer the question and are new."""
    if candidate.says <= answer_terms:
        return 0.0
    repeated = len(candidate.says & answer_terms) / len(candidate.says)
    return candidate.value * candidate.length * (1 - max(0.0, repeated - _REPEATED))


def _candidates(query: WeightedQuery, hits: Sequence[Hit]) -> Iterator[Candidate]:
    query_terms = {term for terms_of_word, _ in query.words for term in terms_of_word}
    shared = _shared(hits)
    for number, hit in enumerate(hits[:_PASSAGES]):
        above = frozenset(terms(str(hit.passage.source), hit.passage.language))
        for place, (quote, says) in enumerate(_quotes_of(hit.passage)):
            other_terms = says - query_terms
            matched = query.matched(says)
            diluted = matched + query.rarest * (_OTHER_WORD * len(other_terms) + _FEW)
            value = _DENSE * matched / diluted
            value += (
                _SHARED
                * sum(shared[term] for term in other_terms & shared.keys())
                / (len(other_terms) + 2)
            )
            value += _COVERED * query.matched(says | above) / query.worth
            if not (quote.own_line or quote.code or _ENDS.search(quote.prose)):
                value -= _FRAGMENT
            yield Candidate(number, place, quote, says, matched, max(value, 0.01))


@lru_cache(maxsize=256)
def _quotes_of(passage: Passage) -> tuple[tuple[Quote, frozenset[str]], ...]:
    return tuple(
        (quote, frozenset(terms(quote.full_text, passage.language)))
        for quote in quotes(passage.text)
    )


def _shared(hits: Sequence[Hit]) -> dict[str, float]:
    """The share of the passages that have a term, the best passages counting most."""
    weights = [(hit.score / hits[0].score) ** 2 for hit in hits]
    shares: dict[str, float] = {}
    for weight, hit in zip(weights, hits, strict=True):
        for term in terms_of(hit.passage):
            shares[term] = shares.get(term, 0.0) + weight / sum(weights)
    return shares


def _smoothed(candidates: list[Candidate]) -> list[Candidate]:
    """Raise the value of quotes next to good ones: an answer is seldom one sentence."""
    smoothed: list[Candidate] = []
    for at, candidate in enumerate(candidates):
        beside = [
            candidates[neighbour].value
            for neighbour in (at - 1, at + 1)
            if 0 <= neighbour < len(candidates) and candidates[neighbour].hit == candidate.hit
            if not (candidate.quote.row or candidates[neighbour].quote.row)
        ]
        value = (1 - _NEIGHBOURS) * candidate.value + _NEIGHBOURS * sum(beside) / 2
        smoothed.append(replace(candidate, value=value))
    return smoothed


def _alternatives(candidates: list[Candidate]) -> list[Candidate]:
    """Without the rows of tables that match fewer of the question's words than another row."""
    most = max((c.matched for c in candidates if c.quote.row), default=0.0)
    return [c for c in candidates if not c.quote.row or c.matched >= most]
