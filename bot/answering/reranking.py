"""Looks closer at the few passages that words alone put first; see docs/decisions/0026."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from bot.answering.languages import ENGLISH, STOP_WORDS
from bot.answering.passages import Passage
from bot.answering.query import Word
from bot.answering.scoring import HEADING_WEIGHT
from bot.answering.words import first_term, folded

BEST = 20
"""How many of the best are looked at: no worse than 50, and quick."""

_NEAR = 0.3
"""What two words of the question are worth that stand side by side, against one word."""
_ONE_BETWEEN = 0.5
"""The share of that with another word between them."""
_WITHIN = 0.2
"""What a word is worth that only begins or stands within another: "auth" in "oauth2"."""
_BEGINNING, _SHORTEST = 5, 4
_ENOUGH = 1.2
_GAP = 40

_Terms = tuple[str, ...]
_Pair = frozenset[_Terms]
_Place = tuple[int, int, _Terms]

_A_WORD = re.compile(r"\w+")
_NOWHERE = re.compile(r"(?!)")


class Closeness:
    """How much more than its words alone a passage has of a question."""

    def __init__(self, words: Sequence[Word], weight: Callable[[Word], float]) -> None:
        asked = [word for word in words if word.weight == 1.0]
        self._worth = {word.terms: weight(word) for word in asked}
        self._known = {term: terms for terms in self._worth for term in terms}
        begins = "|".join(sorted({re.escape(term[:3]) for term in self._known}))
        self._begins = re.compile(rf"\b(?:{begins})\w*") if begins else _NOWHERE
        self._pairs: dict[_Pair, float] = {}
        for apart, share in ((2, _ONE_BETWEEN), (1, 1.0)):
            for one, other in zip(asked, asked[apart:], strict=False):
                worth = (self._worth[one.terms] + self._worth[other.terms]) / 2
                self._pairs[frozenset((one.terms, other.terms))] = share * worth

    def bonus(self, passage: Passage) -> float:
        """In the unit of a search's scores."""
        language = passage.language or ENGLISH
        near: dict[_Pair, float] = defaultdict(float)
        said: set[_Terms] = set()
        texts = [(passage.text, 1), *((name, HEADING_WEIGHT) for name in passage.source.path)]
        plain_texts = [(folded(text).lower(), times) for text, times in texts]
        for plain, times in plain_texts:
            places = list(self._places(plain, language))
            said.update(terms for _, _, terms in places)
            for pair, share in self._near(plain, places, language):
                near[pair] += times * share
        together = sum(self._pairs[pair] * x / (x + _ENOUGH) for pair, x in near.items())
        within = self._within([plain for plain, _ in plain_texts], said)
        return _NEAR * together + _WITHIN * within

    def _places(self, text: str, language: str) -> Iterator[_Place]:
        """Where the words of the question stand."""
        for match in self._begins.finditer(text):
            if terms := self._known.get(first_term(match[0], language)):
                yield match.start(), match.end(), terms

    def _near(
        self, text: str, places: Sequence[_Place], language: str
    ) -> Iterator[tuple[_Pair, float]]:
        """The pairs that stand together, stop words between them not counted."""
        small = STOP_WORDS.get(language, frozenset())
        for apart in (1, 2):
            for (_, end, one), (start, _, other) in zip(places, places[apart:], strict=False):
                pair = frozenset((one, other))
                if start - end > _GAP or pair not in self._pairs:
                    continue
                between = [word for word in _A_WORD.findall(text, end, start) if word not in small]
                if len(between) < 2:
                    yield pair, _ONE_BETWEEN if between else 1.0

    def _within(self, texts: Sequence[str], said: set[_Terms]) -> float:
        """The worth of the words that are there only as the beginning or part of another."""
        unsaid = ((terms, worth) for terms, worth in self._worth.items() if terms not in said)
        return sum(
            worth
            for terms, worth in unsaid
            if any(
                len(term) >= _SHORTEST and any(term[:_BEGINNING] in text for text in texts)
                for term in terms
            )
        )
