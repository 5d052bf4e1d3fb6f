"""Turns text into the terms that are searched: stemmed words and the parts of identifiers."""

import re
import unicodedata

from bot.answering.stemming import stem

_WORD = re.compile(r"[^\W_]+(?:['\u2019_][^\W_]+)*")
_EMOJI = re.compile(r":[a-z0-9_+'-]+:")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# With what every question is made of ("how do I", "tell me", "please"): it tells nothing apart.
_STOP_WORD_LIST = """
    a about after again all also am an and any anyone anything are as at be because been before
    being but by can can't could did do does doesn't doing don't each either else every
    everything few for from get gets getting give go going got had happen happens has have
    having he hello help her here hey hi him his how i i'd i'll i'm i've if in instead into is
    isn't it it's its just kind know let let's like looks lot make many may me might more most
    much must my need needs no not now of off ok okay on one only or other our out over please
    possible question really same say see shall she should so some something still such sure
    tell than thank thanks that that's the their them then there these they thing things this
    those to too us very want wants was way we well were what what's when where where's which
    while who whom whose why will with within without won't would yes yet you your
"""
_STOP_WORDS = frozenset(_STOP_WORD_LIST.split())


def terms(text: str) -> list[str]:
    """The terms of a text in order, stop words left out.

    `maxItems` and `MAX_ITEMS` give the whole name and its parts, so either spelling finds both.
    """
    found: list[str] = []
    for match in _WORD.finditer(_folded(text)):
        word = match[0].replace("\u2019", "'")
        if word.lower() in _STOP_WORDS:
            continue
        parts = word.split("'")
        for part in parts:
            if len(part) > 1 or len(parts) == 1:
                found += _terms_of(part)
    return found


def has_words(text: str) -> bool:
    """Whether a text says anything, emoji such as 🎉 and `:tada:` apart."""
    return _WORD.search(_EMOJI.sub(" ", text)) is not None


def _terms_of(word: str) -> list[str]:
    if "_" not in word and (word.islower() or word.isupper() or word.istitle()):
        return [stem(word.lower())]
    parts = [stem(part.lower()) for part in _PARTS.findall(word)]
    whole = word.lower().replace("_", "")
    kept = [part for part in parts if part not in _STOP_WORDS]
    return kept if kept == [whole] else [whole, *kept]


def _folded(text: str) -> str:
    """Without accents, so that `Büro` and `Buro` meet."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
