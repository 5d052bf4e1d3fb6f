"""Turns text into the terms that are searched: stems, the parts of identifiers, pairs of signs.

`maxItems`, `MAX_ITEMS` and `max-items` give the whole name and its parts, so that each spelling
finds the others. Text without spaces between words, as in Japanese, gives its pairs of signs.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from bot.answering.retrieval.languages import ENGLISH, STOP_WORDS, language_of, stem, stems

PART = 0.5
"""What a part of a name counts against the whole one; see docs/decisions/0026."""

_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Thai and Lao, Japanese, Chinese and Korean."""
_LETTERS = rf"[^\W_{_UNSPACED}]+"
_WORD = re.compile(rf"[{_UNSPACED}]+|{_LETTERS}(?:['_.:/-]+{_LETTERS})*")  # "don't", "v1.2"
_UNSPACED_SIGN = re.compile(f"[{_UNSPACED}]")
_JOINT = re.compile(r"['.:/-]+")  # of "max-items", "docs/tools.md"
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")  # "HTTP", "Server", "2" of HTTPServer2
_ACCENTS = re.compile("[\u0300-\u036f]+")  # combining ones, as NFKD has them apart
_EMOJI = re.compile(r":[a-z0-9_+'-]+:")  # ":tada:", ":+1:"
_LONGEST = 40
"""A longer run without spaces is an address or a key: only its parts are searched."""


def count_terms(text: str, language: str = "") -> dict[str, float]:
    """The terms of a text with their counts. An unknown language is taken for English."""
    counts: dict[str, float] = {}
    for word in _words(text, language or ENGLISH):
        for term, weight in _terms(word, language or ENGLISH):
            counts[term] = counts.get(term, 0.0) + weight
    return counts


def terms(text: str, language: str = "") -> list[str]:
    """The terms of a text in order, stop words left out."""
    language = language or ENGLISH
    return [term for word in _words(text, language) for term, _ in _terms(word, language)]


def first_term(word: str, language: str) -> str:
    """The first term of a word, which for a name is the whole name; empty if it has none."""
    spellings = _terms(word, language)
    return spellings[0][0] if spellings else ""


def sought(text: str) -> Iterator[tuple[tuple[str, ...], float]]:
    """For each word of a question, its weight and its possible terms, whatever the language."""
    language = language_of(text)
    for word in _words(text, language or ENGLISH):
        for piece, weight in _pieces(word, language or ENGLISH):
            yield tuple(dict.fromkeys(without_accents(s) for s in stems(piece, language))), weight


def has_words(text: str) -> bool:
    """Whether a text says anything, emoji such as 🎉 and `:tada:` apart."""
    return _WORD.search(_EMOJI.sub(" ", text)) is not None


def without_accents(text: str) -> str:
    """The text without accents, so that `Büro` and `Buro` are equal."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))


def _words(text: str, language: str) -> Iterator[str]:
    """The words of a text as they stand, stop words left out."""
    stop_words = STOP_WORDS.get(language, frozenset())
    plain = unicodedata.normalize("NFKC", text).replace("\u2019", "'")
    return (word for word in _WORD.findall(plain) if word.lower() not in stop_words)


@lru_cache(maxsize=50_000)
def _terms(word: str, language: str) -> tuple[tuple[str, float], ...]:
    return tuple(
        (term, weight)
        for piece, weight in _pieces(word, language)
        for term, weight in _spellings(piece, weight, language)
    )


def _spellings(piece: str, weight: float, language: str) -> Iterator[tuple[str, float]]:
    """The stem without accents; and the stem of the word typed without accents, if it differs."""
    term = without_accents(stem(piece, language))
    yield term, weight
    if (
        not piece.isascii()
        and (plain := without_accents(stem(without_accents(piece), language))) != term
    ):
        yield plain, weight * PART


def _pieces(word: str, language: str) -> list[tuple[str, float]]:
    """A word, or a name and its parts, in lower case and with their weights."""
    if _UNSPACED_SIGN.match(word):
        return [(word[at : at + 2], 1.0) for at in range(max(1, len(word) - 1))]
    names = _JOINT.split(word)
    if len(names) == 1:
        return _name_and_parts(word, language)
    stop_words = STOP_WORDS.get(language, frozenset())
    names = [name for name in names if len(name) > 1 and name.lower() not in stop_words]
    pieces = [piece for name in names for piece in _name_and_parts(name, language)]
    if "'" not in word and len(word) <= _LONGEST:
        pieces.append((_squeezed(word), PART))
    return pieces


def _name_and_parts(name: str, language: str) -> list[tuple[str, float]]:
    if "_" not in name and (name.islower() or name.isupper() or name.istitle()):
        return [(name.lower(), 1.0)]
    stop_words = STOP_WORDS.get(language, frozenset())
    parts = _PARTS.findall(name) if name.isascii() else name.split("_")
    kept_parts = [part.lower() for part in parts if part.lower() not in stop_words]
    whole = _squeezed(name)
    return [(whole, 1.0), *((part, PART) for part in kept_parts if part != whole)]


def _squeezed(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
