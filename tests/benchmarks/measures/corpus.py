"""Made-up passages and questions whose words are spread as those of real texts are."""

from collections.abc import Iterator
from itertools import accumulate
from random import Random

from bot.answering.events import Source
from bot.answering.retrieval.passages import Passage

_VOCABULARY = 200_000
_COMMON = 50
"""Zipf's law from this rank on: the words before it are the stop words, which nothing indexes."""
_SYLLABLES = tuple("ba ce di fo gu la me ni po ru sa te vi wo zu kra ble stri plo dru".split())  # noqa: SIM905
_PER_DOCUMENT = 10
_WORDS = (4.5, 0.5)
"""Of the logarithm of a passage's length: the mean, 90 words, and how far it varies."""


class Corpus:
    """The same each time; a smaller one is the beginning of a larger one."""

    def __init__(self, passages: int) -> None:
        chance = Random(5)
        self._vocabulary = [_word(rank) for rank in range(_VOCABULARY)]
        self._weights = list(accumulate(1 / (rank + _COMMON) for rank in range(_VOCABULARY)))
        self.passages = list(self._generate(passages, chance))

    def _generate(self, count: int, chance: Random) -> Iterator[Passage]:
        title: list[str] = []
        for number in range(count):
            if number % _PER_DOCUMENT == 0:
                title = self._words(3, chance)
            headings = (" ".join(self._words(chance.randint(1, 4), chance)),)
            words = self._words(max(10, min(250, round(chance.lognormvariate(*_WORDS)))), chance)
            file = f"{number // _PER_DOCUMENT}.md"
            yield Passage(Source(" ".join(title), file, headings), " ".join(words))

    def _words(self, count: int, chance: Random) -> list[str]:
        return chance.choices(self._vocabulary, cum_weights=self._weights, k=count)


def questions(passages: list[Passage], count: int) -> list[list[str]]:
    """Questions of three to eight words that stand together in some passage: few rare, many not."""
    chance = Random(7)
    samples: list[list[str]] = []
    for passage in chance.choices(passages, k=count):
        words = passage.text.split()
        samples.append(chance.sample(words, min(len(words), chance.randint(3, 8))))
    return samples


def _word(rank: int) -> str:
    word = ""
    number = rank + len(_SYLLABLES)
    while number:
        number, syllable = divmod(number, len(_SYLLABLES))
        word += _SYLLABLES[syllable]
    return word
