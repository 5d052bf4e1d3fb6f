"""Ranks the first passages again by phrases and pairs of words; see docs/decisions/0026."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.answering.retrieval.languages import ENGLISH, STOP_WORDS
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.query import Query, Word
from bot.answering.retrieval.scoring import HEADING_WEIGHT
from bot.answering.retrieval.words import first_term, without_accents

BEST = 10
"""How many of the best are looked at: no worse than 30, and quick."""

_NEAR = 0.3
"""What two words of the question are worth that stand side by side, against one word."""
_ONE_BETWEEN = 0.5
"""The share of that with another word between them."""
_WITHIN = 0.2
"""What a word is worth that only begins or stands within another: "auth" in "oauth2"."""
_WORDS = 64
"""So many words of a question, from its beginning, make phrases."""
_PHRASE = 0.2
"""What three words count that the passage has as they are in the question, small ones too."""
_BEGINNING, _SHORTEST = 5, 4
"""Characters that a part of another word is known by, and the least that a term has for that."""
_ENOUGH = 1.2
"""As BM25's k1: how soon a further place where two words meet adds little."""
_GAP = 40
"""Characters between two words that stand together, at the most."""
_APART = " " * (_GAP + 1)
"""Between headings, so that no pair is found across them."""

_Terms = tuple[str, ...]
_Pair = frozenset[_Terms]
_Place = tuple[int, int, _Terms]

_A_WORD, _WHOLE_WORD = re.compile(r"\w+"), re.compile(r"\b\w+")
"""A word, and one that begins where it is looked for: not the "auth" of "oauth"."""


class Closeness:
    """Scores how closely a passage follows a question, beyond its single words."""

    def __init__(self, query: Query, weight: Callable[[Word], float]) -> None:
        words = _A_WORD.findall(without_accents(query.text).lower())[:_WORDS]
        self._phrases = {" ".join(words[at : at + 3]) for at in range(len(words) - 2)}
        main_words = [word for word in query.words if word.weight == 1.0]
        self._worth = {word.terms: weight(word) for word in main_words}
        self._beginnings = [(_beginning(t), terms) for terms in self._worth for t in terms if t]
        self._parts = [
            (terms, [term[:_BEGINNING] for term in terms if len(term) >= _SHORTEST])
            for terms in self._worth
        ]
        self._pairs: dict[_Pair, float] = {}
        for apart, share in ((2, _ONE_BETWEEN), (1, 1.0)):
            for first, second in zip(main_words, main_words[apart:], strict=False):
                worth = (self._worth[first.terms] + self._worth[second.terms]) / 2
                self._pairs[frozenset((first.terms, second.terms))] = share * worth

    def ranked(
        self, ranking: Sequence[tuple[int, float]], passages: Mapping[int, Passage]
    ) -> list[tuple[int, float]]:
        """The ranking with those first whose passages are given, ordered by score and closeness."""
        best = [(n, score + self._bonus(passages[n])) for n, score in ranking if n in passages]
        rest = [item for item in ranking if item[0] not in passages]
        return [*sorted(best, key=lambda item: -item[1]), *rest]

    def _bonus(self, passage: Passage) -> float:
        """What to add to a passage's score."""
        language = passage.language or ENGLISH
        headings = without_accents(_APART.join([*passage.source.path, ""])).lower()
        text = headings + without_accents(passage.text).lower()
        places = sorted(self._places(text, language))
        near: dict[_Pair, float] = defaultdict(float)
        for start, pair, share in self._near(text, places, language):
            near[pair] += share * (HEADING_WEIGHT if start < len(headings) else 1)
        together = sum(self._pairs[pair] * x / (x + _ENOUGH) for pair, x in near.items())
        present = {terms for _, _, terms in places}
        within = sum(
            self._worth[terms]
            for terms, parts in self._parts
            if terms not in present and any(part in text for part in parts)
        )
        as_asked = sum(phrase in text for phrase in self._phrases)
        return _NEAR * together + _WITHIN * within + _PHRASE * as_asked

    def _places(self, text: str, language: str) -> Iterator[_Place]:
        """The places of the question's words. Searching for their beginnings beats a pattern."""
        for beginning, terms in self._beginnings:
            start = text.find(beginning)
            while start >= 0:
                end = start + len(beginning)
                if word := _WHOLE_WORD.match(text, start):
                    end = word.end()
                    if first_term(word[0], language) in terms:
                        yield start, end, terms
                start = text.find(beginning, end)

    def _near(
        self, text: str, places: Sequence[_Place], language: str
    ) -> Iterator[tuple[int, _Pair, float]]:
        """The pairs of words that stand together, ignoring stop words between them."""
        small = STOP_WORDS.get(language, frozenset())
        for apart in (1, 2):
            for (_, end, first), (start, _, second) in zip(places, places[apart:], strict=False):
                if start - end > _GAP or (pair := frozenset((first, second))) not in self._pairs:
                    continue
                between = [word for word in _A_WORD.findall(text, end, start) if word not in small]
                if len(between) < 2:
                    yield start, pair, _ONE_BETWEEN if between else 1.0


def _beginning(term: str) -> str:
    """The beginning of all words with this stem: "policies" has the stem "polici"."""
    return term[:-1] if len(term) > _SHORTEST and term.endswith("i") else term
