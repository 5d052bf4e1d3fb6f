"""Finds the passages with the greatest sums of impacts, without adding up what cannot win.

This is MaxScore (Turtle and Flood, 1995): the words that can add most come first, and as soon as
the rest together cannot lift a passage that has none of them among the best, only the passages
found so far are looked up in the rest. Sums are whole numbers, so the result is exact.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from itertools import compress

from bot.answering.retrieval import scoring
from bot.answering.retrieval.index_file import SHARD, Tables
from bot.answering.retrieval.query import Word

UNIT = 1 << 20
"""What a score of 1 is, as a whole number."""

_FEW = 8
"""Looking one passage up takes as long as passing by so many."""

_POSTINGS = """
SELECT term, shard, passages, most, numbers, impacts FROM postings WHERE term IN ({})
"""

Ranking = list[tuple[int, int]]
"""The numbers of passages with their scores, the best first."""


def best(tables: Tables, words: Sequence[Word], count: int, mask: bytes | None) -> Ranking:
    """The best passages for these words; equal ones in their order in the index.

    `mask` has a 1 for each passage that may be found; None: all may.
    """
    top: Ranking = []
    for shard, lists in sorted(_lists(tables, words).items()):
        first = shard * SHARD
        floor = top[-1][1] if len(top) == count else 1
        scores = _scores(lists, count, floor, mask and mask[first : first + SHARD])
        ranking = ((first + number, score) for number, score in scores.items())
        top = nsmallest(count, [*top, *ranking], key=lambda entry: (-entry[1], entry[0]))
    return top


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of postings; `with_term` counts the passages that have the term, in all shards."""

    with_term: int
    most: int
    numbers: bytes
    impacts: bytes


@dataclass(frozen=True, slots=True)
class _Term:
    """A term's passages in one shard. `scores` says what each of the 256 impacts is worth."""

    numbers: "array[int]"
    impacts: bytes
    most: int
    scores: Sequence[int]

    def entries(self) -> Iterable[tuple[int, int]]:
        return zip(self.numbers, map(self.scores.__getitem__, self.impacts), strict=True)

    def at(self, number: int) -> int:
        place = bisect_left(self.numbers, number)
        there = place < len(self.numbers) and self.numbers[place] == number
        return self.scores[self.impacts[place]] if there else 0


class _Word:
    """A word's passages in one shard: in each, the best of its terms counts."""

    def __init__(self, terms: Sequence[_Term]) -> None:
        self._terms = terms
        self.most = max(term.most for term in terms)
        self.size = sum(len(term.numbers) for term in terms)

    def entries(self, mask: bytes | None) -> Iterable[tuple[int, int]]:
        first, *more_terms = self._terms
        if not more_terms:
            entries = first.entries()
            return compress(entries, map(mask.__getitem__, first.numbers)) if mask else entries
        scores = dict(first.entries())
        for term in more_terms:
            for number, score in term.entries():
                if score > scores.get(number, 0):
                    scores[number] = score
        return compress(scores.items(), map(mask.__getitem__, scores)) if mask else scores.items()

    def at(self, number: int) -> int:
        return max(term.at(number) for term in self._terms)


def _lists(tables: Tables, words: Sequence[Word]) -> Mapping[int, Sequence[_Word]]:
    """The words' passages in each shard that has any."""
    terms = list(dict.fromkeys(term for word in words for term in word.terms))
    rows: dict[str, list[tuple[int, _Row]]] = {}
    for term, shard, *rest in tables.rows(_POSTINGS.format(", ".join("?" * len(terms))), terms):
        rows.setdefault(term, []).append((shard, _Row(*rest)))
    shards: dict[int, list[_Word]] = {}
    for word in words:
        by_shard: dict[int, list[_Term]] = {}
        there = [row for term in word.terms for row in rows.get(term, ())]
        with_word = max((row.with_term for _, row in there), default=0)
        worth = word.weight * scoring.idf(with_word, tables.passages)
        for shard, row in there:
            by_shard.setdefault(shard, []).append(_term(row, worth))
        for shard, of_word in by_shard.items():
            shards.setdefault(shard, []).append(_Word(of_word))
    return shards


def _term(row: _Row, worth: float) -> _Term:
    unit = round(UNIT * worth / 255) or 1
    scores = list(range(0, unit * (row.most + 1), unit))
    return _Term(array("H", row.numbers), row.impacts, scores[-1], scores)


def _scores(words: Sequence[_Word], count: int, floor: int, mask: bytes | None) -> dict[int, int]:
    """The scores of the passages that reach the floor, which rises with the best so far."""
    remaining = sorted(words, key=lambda word: word.most)
    rest = sum(word.most for word in words)
    scores: dict[int, int] = {}
    while remaining and rest >= floor:
        word = remaining.pop()
        rest -= word.most
        score_of = scores.get
        for number, score in word.entries(mask):
            scores[number] = score_of(number, 0) + score
        if remaining and max(scores.values(), default=0) > rest:
            floor = max(floor, _last(scores, count))
    for word in reversed(remaining):
        scores = {number: score for number, score in scores.items() if score + rest >= floor}
        rest -= word.most
        for number, score in _of(word, scores):
            scores[number] += score
        floor = max(floor, _last(scores, count))
    return {number: score for number, score in scores.items() if score >= floor}


def _of(word: _Word, candidates: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """A word's scores in these passages."""
    if len(candidates) * _FEW < word.size:
        return ((number, word.at(number)) for number in list(candidates))
    return ((number, score) for number, score in word.entries(None) if number in candidates)


def _last(scores: Mapping[int, int], count: int) -> int:
    """The lowest score among the best `count` so far; 0 while there are fewer."""
    return nlargest(count, scores.values())[-1] if len(scores) >= count else 0
