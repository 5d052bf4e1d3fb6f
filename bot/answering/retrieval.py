"""Finds the passages that fit a question: BM25 over stemmed words, in plain Python.

The index is one JSON file that scripts write (`build_index`) and the worker reads
(`Index.from_json`). All the counting happens when it is written; a search only adds up.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot.answering.events import Question, Source, Sources
from bot.answering.passages import Passage, split
from bot.answering.words import terms

INDEX_FORMAT = "knowledge-index"
INDEX_VERSION = 1

_REBUILD = "Write it again from the documents."
_HEADING_WEIGHT = 3
_K1, _B = 1.2, 0.75
_TURN_WEIGHTS = (0.4, 0.2, 0.1)
_QUERY_TERMS = 64


@dataclass(frozen=True, slots=True)
class Hit:
    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Index:
    """`postings` maps a term to pairs of a passage's number and the term's part in its score."""

    passages: tuple[Passage, ...]
    postings: Mapping[str, list[tuple[int, float]]]

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Raises ValueError where the file is damaged or was written by another version."""
        try:
            document = json.loads(data)
            written = document["format"], document["version"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"The knowledge index is damaged: {error!r}. {_REBUILD}") from error
        if written != (INDEX_FORMAT, INDEX_VERSION):
            raise ValueError(
                f"The knowledge index is {written[0]} version {written[1]}, "
                f"not {INDEX_FORMAT} version {INDEX_VERSION}. {_REBUILD}"
            )
        try:
            return cls(*_read(document))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"The knowledge index is damaged: {error!r}. {_REBUILD}") from error

    def search(self, query: Mapping[str, float], count: int) -> list[Hit]:
        """The best passages first; equal ones in the order of the documents."""
        scores: dict[int, float] = {}
        for term, weight in query.items():
            for number, impact in self.postings.get(term, ()):
                scores[number] = scores.get(number, 0.0) + weight * impact
        best = sorted(scores.items(), key=lambda scored: (-scored[1], scored[0]))
        return [Hit(self.passages[number], score) for number, score in best[:count]]

    def weight(self, term: str) -> float:
        """How much a term tells: its inverse document frequency; the most for unknown ones."""
        return _idf(len(self.postings.get(term, ())), len(self.passages))


def build_index(files: Mapping[str, str]) -> bytes:
    """The index of documents given as file name → Markdown. The same files give the same bytes."""
    passages = [passage for name in sorted(files) for passage in split(name, files[name])]
    document = {
        "format": INDEX_FORMAT,
        "version": INDEX_VERSION,
        "passages": [
            [p.source.title, p.source.file, list(p.source.headings), p.text] for p in passages
        ],
        "postings": _impacts([_counted(passage) for passage in passages]),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def query_of(question: Question) -> dict[str, float]:
    """What to search for: the question's terms, and those of the last turns at a lower weight.

    A follow-up such as "and to prod?" means nothing without the question before it.
    """
    query = dict.fromkeys(terms(question.text)[:_QUERY_TERMS], 1.0)
    asked = [turn.text for turn in question.history if turn.role == "user"]
    for text, weight in zip(reversed(asked), _TURN_WEIGHTS, strict=False):
        for term in terms(text)[:_QUERY_TERMS]:
            query.setdefault(term, weight)
    return query


def sources_of(hits: Iterable[Hit]) -> Sources:
    """What to name as the sources: each of them once, with the text of its passages."""
    texts: dict[Source, list[str]] = {}
    for hit in hits:
        texts.setdefault(hit.passage.source, []).append(hit.passage.text)
    return Sources(tuple(texts), tuple("\n\n".join(dict.fromkeys(text)) for text in texts.values()))


def _counted(passage: Passage) -> Counter[str]:
    counted = Counter(terms(passage.text))
    for heading in passage.source.path:
        for term in terms(heading):
            counted[term] += _HEADING_WEIGHT
    return counted


def _impacts(counts: list[Counter[str]]) -> dict[str, list[tuple[int, float]]]:
    lengths = [sum(counted.values()) for counted in counts]
    average = sum(lengths) / len(lengths) if lengths else 1.0
    frequencies = Counter(term for counted in counts for term in counted)
    postings: dict[str, list[tuple[int, float]]] = {term: [] for term in sorted(frequencies)}
    for number, counted in enumerate(counts):
        norm = _K1 * (1 - _B + _B * lengths[number] / average)
        for term, count in counted.items():
            idf = _idf(frequencies[term], len(counts))
            impact = idf * count * (_K1 + 1) / (count + norm)
            postings[term].append((number, round(impact, 4)))
    return postings


def _idf(passages_with_term: int, passages: int) -> float:
    return math.log(1 + (passages - passages_with_term + 0.5) / (passages_with_term + 0.5))


def _read(document: Any) -> tuple[tuple[Passage, ...], dict[str, list[tuple[int, float]]]]:
    passages = tuple(
        Passage(Source(str(title), str(file), tuple(map(str, headings))), str(text))
        for title, file, headings, text in document["passages"]
    )
    postings = document["postings"]
    _check(postings, len(passages))
    return passages, postings


def _check(postings: Any, passages: int) -> None:
    """Raises where a later search would stumble."""
    for pairs in postings.values():
        for number, impact in pairs:
            if not (0 <= number < passages and impact >= 0):
                raise ValueError(f"no passage {number}")
