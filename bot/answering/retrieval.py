"""Finds the passages that fit a question: BM25 over stemmed words, in plain Python.

The index is one JSON file that scripts write (`build_index`) and the worker reads
(`Index.from_json`). All the counting happens when it is written; a search only adds up.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from bot.answering.clearance import Audience, Clearance
from bot.answering.events import Citation, Source, Sources
from bot.answering.passages import Passage, split
from bot.answering.query import Query, Word
from bot.answering.words import terms

INDEX_FORMAT = "knowledge-index"
INDEX_VERSION = 2

_REBUILD = "Write it again from the documents."
_HEADING_WEIGHT = 3
_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Hit:
    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Document:
    """One document of an index; `passages` is how many there are of it."""

    title: str
    file: str
    url: str
    updated: str
    contact: str
    passages: int


@dataclass(frozen=True, slots=True)
class Index:
    """`postings` maps a term to pairs of a passage's number and the term's part in its score."""

    passages: tuple[Passage, ...]
    postings: Mapping[str, list[tuple[int, float]]]
    hidden: frozenset[int] = frozenset()

    @classmethod
    def of(cls, passages: Iterable[Passage]) -> Self:
        """A small index in memory."""
        given = tuple(passages)
        return cls(given, _impacts([_counted(passage) for passage in given]))

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

    def visible_to(self, clearance: Clearance) -> Self:
        """The same index without what the clearance does not admit to."""
        hidden = (n for n, p in enumerate(self.passages) if not p.audience.admits(clearance))
        return replace(self, hidden=frozenset(hidden))

    def search(self, query: Query, count: int) -> list[Hit]:
        """The best passages first; equal ones in the order of the documents."""
        scores: dict[int, float] = {}
        for word in query.words:
            for number, impact in self._impacts(word).items():
                scores[number] = scores.get(number, 0.0) + word.weight * impact
        best = sorted(scores.items(), key=lambda scored: (-scored[1], scored[0]))
        return [Hit(self.passages[number], score) for number, score in best[:count]]

    def weight(self, word: Word) -> float:
        """How much a word tells: its inverse document frequency; the most for unknown ones."""
        return _idf(
            max((len(self.postings.get(term, ())) for term in word.terms), default=0),
            len(self.passages),
        )

    def documents(self) -> list[Document]:
        """The documents in the order of the index."""
        first: dict[str, Passage] = {}
        for passage in self._visible():
            first.setdefault(passage.source.file, passage)
        counts = Counter(passage.source.file for passage in self._visible())
        return [
            Document(p.source.title, file, p.source.url, p.updated, p.contact, counts[file])
            for file, p in first.items()
        ]

    def sources(self) -> Iterator[Source]:
        """Every part of every document, in the order of the index."""
        return iter(dict.fromkeys(passage.source for passage in self._visible()))

    @property
    def groups(self) -> frozenset[str]:
        """The user groups that documents are limited to, seen or unseen."""
        return frozenset(group for p in self.passages for group in p.audience.groups)

    def holds(self, file: str) -> bool:
        """Whether anything of a file is to be seen."""
        return any(passage.source.file == file for passage in self._visible())

    def _visible(self) -> Iterator[Passage]:
        return (p for number, p in enumerate(self.passages) if number not in self.hidden)

    def _impacts(self, word: Word) -> dict[int, float]:
        """Of the word in each passage: that of its best term there."""
        found: dict[int, float] = {}
        for term in word.terms:
            for number, impact in self.postings.get(term, ()):
                if number not in self.hidden:
                    found[number] = max(impact, found.get(number, 0.0))
        return found


def build_index(files: Mapping[str, str]) -> bytes:
    """The index of documents given as file name → Markdown. The same files give the same bytes."""
    passages = [passage for name in sorted(files) for passage in split(name, files[name])]
    document = {
        "format": INDEX_FORMAT,
        "version": INDEX_VERSION,
        "passages": [asdict(passage) for passage in passages],
        "postings": _impacts([_counted(passage) for passage in passages]),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def sources_of(hits: Iterable[Hit]) -> Sources:
    """What to name as the sources: each of them once, with the text of its passages."""
    found: dict[Source, list[Passage]] = {}
    for hit in hits:
        found.setdefault(hit.passage.source, []).append(hit.passage)
    return Sources(tuple(_cited(source, passages) for source, passages in found.items()))


def _cited(source: Source, passages: Sequence[Passage]) -> Citation:
    text = "\n\n".join(dict.fromkeys(passage.text for passage in passages))
    return Citation(source, text, passages[0].updated, passages[0].audience)


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
    passages = tuple(_passage(**written) for written in document["passages"])
    postings = document["postings"]
    _check(postings, len(passages))
    return passages, postings


def _passage(source: Any, audience: Any, **rest: str) -> Passage:
    return Passage(
        Source(**{**source, "headings": tuple(source["headings"])}),
        audience=Audience(tuple(audience["channels"]), tuple(audience["groups"])),
        **rest,
    )


def _check(postings: Any, passages: int) -> None:
    """Raises where a later search would stumble."""
    for pairs in postings.values():
        for number, impact in pairs:
            if not (0 <= number < passages and impact >= 0):
                raise ValueError(f"no passage {number}")
