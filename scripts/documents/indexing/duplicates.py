"""Folds passages that say the same, so that an answer does not hear one document twice.

Passages that share a few of their rarest-hashed word triples (MinHash, in bands) are compared
word by word. What differs in a number, a negation or a word of substance stays: that may be a
contradiction, which people are to see.
"""

import re
import zlib
from collections.abc import Sequence
from difflib import SequenceMatcher

from bot.answering.retrieval.passages import Passage

Sketch = tuple[int, ...]
"""Of one passage: passages that share a number may be alike."""

_WORD = re.compile(r"\w+(?:['\u2019.,:/]\w+)*")
_BINS, _BAND = 16, 2
_MASK = (1 << 61) - 1
_SHORT = 20
"""Words up to which the document's title tells what a passage is about."""
_ALIKE = 0.9
_COMPARED = 8
"""With how many of those that share a number a passage is compared at most."""
_TELLING = re.compile(
    r"\d|^(?:no|not|never|none|neither|nor|without|only|except|unless|cannot|must|may|should"
    r"|nicht|nie|kein\w*|ohne|nur|au\u00dfer|ne|pas|jamais|sans|sauf|sin|nunca|ning\u00fan\w*"
    r"|s\u00f3lo)$|n['\u2019]t$"
)
_ADDED = 3
_SPELLING = 0.8


def sketch(passage: Passage) -> Sketch:
    """Numbers by which passages that are alike find each other; none of a very short one."""
    words = [zlib.crc32(word.encode()) for word in _words(passage.text)]
    bins = [_MASK] * _BINS
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        mixed = (first * 0x9E3779B1 ^ second * 0x85EBCA77 ^ third * 0xC2B2AE3D) & _MASK
        mixed = (mixed ^ mixed >> 29) * 0xBF58476D1CE4E5B9 & _MASK
        at = mixed % _BINS
        if mixed < bins[at]:
            bins[at] = mixed
    bands = range(0, _BINS, _BAND)
    return tuple(
        hash((at, *bins[at : at + _BAND])) for at in bands if bins[at] != _MASK != bins[at + 1]
    )


def folded(passages: Sequence[Passage], sketches: Sequence[Sketch]) -> list[int]:
    """The numbers of the passages to keep: of those that say the same the newest, then the first.

    Only those for the same audience and under the same headings are folded.
    """
    order = sorted(range(len(passages)), key=lambda number: passages[number].updated, reverse=True)
    exact: set[tuple[object, ...]] = set()
    near: dict[tuple[object, ...], list[int]] = {}
    kept: list[int] = []
    for number in order:
        passage = passages[number]
        words = tuple(_words(passage.text))
        about = _about(passage, len(words))
        if (about, words) in exact:
            continue
        keys = [(about, part) for part in sketches[number]]
        rivals = dict.fromkeys(one for key in keys for one in near.get(key, ())[:_COMPARED])
        if any(_same(_words(passages[rival].text), list(words)) for rival in rivals):
            continue
        exact.add((about, words))
        for key in keys:
            near.setdefault(key, []).append(number)
        kept.append(number)
    return sorted(kept)


def _about(passage: Passage, words: int) -> tuple[object, ...]:
    source = passage.source
    title = source.title.casefold() if words < _SHORT else ""
    return passage.audience, title, tuple(heading.casefold() for heading in source.headings)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _same(kept: list[str], other: list[str]) -> bool:
    """Whether `other` adds nothing to `kept`, and denies nothing of it."""
    compared = SequenceMatcher(None, kept, other, autojunk=False)
    if compared.real_quick_ratio() < _ALIKE or compared.ratio() < _ALIKE:
        return False
    return all(
        tag == "equal" or _slight(kept[a:b], other[c:d])
        for tag, a, b, c, d in compared.get_opcodes()
    )


def _slight(one: list[str], other: list[str]) -> bool:
    """Whether words may be exchanged for others: spelling, or a few words that tell little."""
    if any(_TELLING.search(word) for word in (*one, *other)):
        return False
    if not (one and other):
        return len(one or other) <= _ADDED
    this, that = " ".join(one), " ".join(other)
    return this[:3] == that[:3] and SequenceMatcher(None, this, that).ratio() >= _SPELLING
