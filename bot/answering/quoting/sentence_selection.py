"""Chooses what to quote: the quotes that say most of what is asked, in few words.

How it was arrived at, and the figures: docs/decisions/0031.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.answering.quoting.quote_format import Quote, quotes
from bot.answering.quoting.term_overlap import WeightedQuery, said
from bot.answering.retrieval.index import Hit, Index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.query import Query
from bot.answering.retrieval.words import terms

_PASSAGES = 3
_DENSE, _SHARED, _COVERED, _FRAGMENT = 1.5, 0.5, 0.1, 0.05
"""What a quote is worth for asked words among few others, for words that the best passages share,
for how much of the question it answers under its headings; and what it loses as no sentence."""
_OTHER, _FEW = 0.55, 1.1
"""What each word that wasn't asked for dilutes, and having very few words: in rarest words."""
_NEIGHBOURS = 0.25
"""How much of what a quote is worth comes from what stands beside it."""
_REPEATED = 0.3
"""The share of a quote that may have been told before at no loss."""
_GOOD = 0.6
"""How good a further quote must be at the least, against the best."""
_ALIKE = 0.6
"""How many of their words two sentences must share to speak of the same."""
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_CHARACTERS, _EXPECTED, _QUOTES = 600, 150, 9
_ENDS = re.compile(r"[.!?:\u3002\uff01\uff1f][)\"'`*_\u201d\u2019]*$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quote, the number of its hit, its place there, its terms, those asked for, its worth."""

    hit: int
    place: int
    quote: Quote
    says: frozenset[str]
    matched: float
    value: float

    @property
    def length(self) -> int:
        return len(self.quote.all)


def choose(index: Index, query: Query, hits: Sequence[Hit]) -> list[Candidate]:
    """The best quotes of the best passages in reading order, as long as the answer gets better.

    Better by F1 against an answer of some 150 characters, taking what a quote is worth for the
    share of it that is right: the longer the answer, the better a further quote has to be. None
    where the passages hold nothing to quote, such as a rule between two headings.
    """
    left = _alternatives(_smoothed(list(_candidates(WeightedQuery.of(query, index), hits))))
    most = max((candidate.value for candidate in left), default=0.0)
    considered = [c for c in left if c.value >= _GOOD * most]
    left = [replace(c, value=(c.value / most) ** 2) for c in considered]
    chosen: list[Candidate] = []
    right, length, reached = 0.0, 0, 0.0
    while left and len(chosen) < _QUOTES:
        told = frozenset[str]().union(*(candidate.says for candidate in chosen))
        best = max(left, key=lambda c: _better(c, told, right, length))
        left.remove(best)
        if chosen and length + best.length > _CHARACTERS:
            continue
        if (better := _better(best, told, right, length)) <= reached:
            break
        chosen.append(best)
        reached, right = better, right + _right(best, told)
        length += best.length
    chosen += _contradicting(chosen, considered, hits)
    return sorted(chosen, key=lambda candidate: (candidate.hit, candidate.place))


def contradicts(one: Candidate, other: Candidate, hits: Sequence[Hit]) -> bool:
    """Whether two documents say the same with other numbers: nobody here can tell who is right."""
    files = {hits[candidate.hit].passage.source.file for candidate in (one, other)}
    numbers = [set(_NUMBER.findall(candidate.quote.prose)) for candidate in (one, other)]
    if len(files) == 1 or not all(numbers) or numbers[0] == numbers[1]:
        return False
    words = [{t for t in c.says if not t[0].isdigit()} for c in (one, other)]
    return len(words[0] & words[1]) >= _ALIKE * len(words[0] | words[1])


def _contradicting(
    chosen: Sequence[Candidate], considered: Sequence[Candidate], hits: Sequence[Hit]
) -> list[Candidate]:
    """What says otherwise than a chosen quote and was left out for being so like it."""
    places = {(candidate.hit, candidate.place) for candidate in chosen}
    left_out = (c for c in considered if (c.hit, c.place) not in places)
    return [c for c in left_out if any(contradicts(c, other, hits) for other in chosen)][:1]


def _better(candidate: Candidate, told: frozenset[str], right: float, length: int) -> float:
    """Half the F1 that the answer is expected to reach with this quote."""
    return (right + _right(candidate, told)) / (length + candidate.length + _EXPECTED)


def _right(candidate: Candidate, told: frozenset[str]) -> float:
    """How many characters of a quote answer the question and are new."""
    if candidate.says <= told:
        return 0.0
    repeated = len(candidate.says & told) / len(candidate.says)
    return candidate.value * candidate.length * (1 - max(0.0, repeated - _REPEATED))


def _candidates(asked: WeightedQuery, hits: Sequence[Hit]) -> Iterator[Candidate]:
    wanted = {term for terms_of_word, _ in asked.words for term in terms_of_word}
    shared = _shared(hits)
    for number, hit in enumerate(hits[:_PASSAGES]):
        above = frozenset(terms(str(hit.passage.source), hit.passage.language))
        for place, (quote, says) in enumerate(_quotes_of(hit.passage)):
            others = says - wanted
            matched = asked.matched(says)
            diluted = matched + asked.rarest * (_OTHER * len(others) + _FEW)
            value = _DENSE * matched / diluted
            value += (
                _SHARED * sum(shared[term] for term in others & shared.keys()) / (len(others) + 2)
            )
            value += _COVERED * asked.matched(says | above) / asked.worth
            if not (quote.own_line or quote.code or _ENDS.search(quote.prose)):
                value -= _FRAGMENT
            yield Candidate(number, place, quote, says, matched, max(value, 0.01))


@lru_cache(maxsize=256)
def _quotes_of(passage: Passage) -> tuple[tuple[Quote, frozenset[str]], ...]:
    return tuple(
        (quote, frozenset(terms(quote.all, passage.language))) for quote in quotes(passage.text)
    )


def _shared(hits: Sequence[Hit]) -> dict[str, float]:
    """The share of the passages that have a term, the best passages counting most."""
    weights = [(hit.score / hits[0].score) ** 2 for hit in hits]
    found: dict[str, float] = {}
    for weight, hit in zip(weights, hits, strict=True):
        for term in said(hit.passage):
            found[term] = found.get(term, 0.0) + weight / sum(weights)
    return found


def _smoothed(candidates: list[Candidate]) -> list[Candidate]:
    """An answer is seldom one sentence: what stands beside a good one is worth more."""
    found: list[Candidate] = []
    for at, candidate in enumerate(candidates):
        beside = [
            candidates[other].value
            for other in (at - 1, at + 1)
            if 0 <= other < len(candidates) and candidates[other].hit == candidate.hit
            if not (candidate.quote.row or candidates[other].quote.row)
        ]
        value = (1 - _NEIGHBOURS) * candidate.value + _NEIGHBOURS * sum(beside) / 2
        found.append(replace(candidate, value=value))
    return found


def _alternatives(candidates: list[Candidate]) -> list[Candidate]:
    """Rows of tables are told apart by what is asked: without those that say less than another."""
    most = max((c.matched for c in candidates if c.quote.row), default=0.0)
    return [c for c in candidates if not c.quote.row or c.matched >= most]
