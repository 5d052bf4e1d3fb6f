"""Drops passages that repeat others, so that copies of a document do not fill an answer's context.

Candidates share a band of MinHash values of their word triples (see
https://en.wikipedia.org/wiki/MinHash), and are compared word by word. Passages that differ in a
number, a negation or another word of substance stay: people are to see contradictions.
"""

import re
import zlib
from collections.abc import Sequence
from difflib import SequenceMatcher

from bot.answering.retrieval.passages import Passage

Sketch = tuple[int, ...]
"""Hashes of one passage's bands: passages that share one may be alike."""

_WORD = re.compile(r"\w+(?:['\u2019.,:/]\w+)*")  # "isn't", "20:00", "and/or"
_BINS, _BAND = 16, 2
_MASK = (1 << 61) - 1
"""A Mersenne prime, as Python's own hashes of numbers; also the value of an empty bin."""
_SHORT = 20
"""In words. Shorter passages are compared only under the same title: they say little alone."""
_ALIKE = 0.9
"""Least similarity of two passages' words, from 0 to 1."""
_MOST_COMPARED = 8
"""With how many passages of a band one is compared."""
_SUBSTANCE = re.compile(  # "20:00", "not", "isn't": words that are never exchanged or dropped
    r"\d|^(?:no|not|never|none|neither|nor|without|only|except|unless|cannot|must|may|should"
    r"|nicht|nie|kein\w*|ohne|nur|au\u00dfer|ne|pas|jamais|sans|sauf|sin|nunca|ning\u00fan\w*"
    r"|s\u00f3lo)$|n['\u2019]t$"
)
_FEW_WORDS = 3
_SPELLING = 0.8
"""Least similarity of two spellings of a word, from 0 to 1."""


def sketch(passage: Passage) -> Sketch:
    """The passage's sketch; empty for a very short one."""
    words = [zlib.crc32(word.encode()) for word in _words(passage.text)]
    bins = [_MASK] * _BINS
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        # The constants are those of xxHash (32 bits) and of splitmix64: any large odd ones will do.
        mixed = (first * 0x9E3779B1 ^ second * 0x85EBCA77 ^ third * 0xC2B2AE3D) & _MASK
        mixed = (mixed ^ mixed >> 29) * 0xBF58476D1CE4E5B9 & _MASK
        at = mixed % _BINS
        if mixed < bins[at]:
            bins[at] = mixed
    bands = range(0, _BINS, _BAND)
    return tuple(
        hash((at, *bins[at : at + _BAND])) for at in bands if bins[at] != _MASK != bins[at + 1]
    )


def unique(passages: Sequence[Passage], sketches: Sequence[Sketch]) -> list[int]:
    """The numbers of the passages to keep: of those that say the same the newest, then the first.

    Only passages for the same audience and under the same headings are compared.
    """
    order = sorted(range(len(passages)), key=lambda number: passages[number].updated, reverse=True)
    exact: set[tuple[object, ...]] = set()
    near: dict[tuple[object, ...], list[int]] = {}
    numbers: list[int] = []
    for number in order:
        passage = passages[number]
        words = tuple(_words(passage.text))
        about = _about(passage, len(words))
        if (about, words) in exact:
            continue
        keys = [(about, part) for part in sketches[number]]
        rivals = dict.fromkeys(
            rival for key in keys for rival in near.get(key, ())[:_MOST_COMPARED]
        )
        if any(_is_repeated(_words(passages[rival].text), list(words)) for rival in rivals):
            continue
        exact.add((about, words))
        for key in keys:
            near.setdefault(key, []).append(number)
        numbers.append(number)
    return sorted(numbers)


def _about(passage: Passage, words: int) -> tuple[object, ...]:
    source = passage.source
    title = source.title.casefold() if words < _SHORT else ""
    return passage.audience, title, tuple(heading.casefold() for heading in source.headings)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _is_repeated(words: list[str], copy: list[str]) -> bool:
    """Whether `copy` adds nothing to `words`, and denies nothing of it."""
    compared = SequenceMatcher(None, words, copy, autojunk=False)
    if compared.real_quick_ratio() < _ALIKE or compared.ratio() < _ALIKE:
        return False
    return all(
        tag == "equal" or _is_slight(words[a:b], copy[c:d])
        for tag, a, b, c, d in compared.get_opcodes()
    )


def _is_slight(words: list[str], replacement: list[str]) -> bool:
    """Whether the difference is one of spelling, or a few words more or less without substance."""
    if any(_SUBSTANCE.search(word) for word in (*words, *replacement)):
        return False
    if not (words and replacement):
        return len(words or replacement) <= _FEW_WORDS
    old, new = " ".join(words), " ".join(replacement)
    return old[:3] == new[:3] and SequenceMatcher(None, old, new).ratio() >= _SPELLING
