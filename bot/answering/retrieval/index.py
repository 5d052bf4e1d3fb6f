"""Finds the passages that fit a question, among those that the asker may see."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from bot.answering.events import Citation, Source, Sources
from bot.answering.model.embeddings import Embeddings
from bot.answering.retrieval import reranking, scoring, searching
from bot.answering.retrieval.index_file import Tables, open_tables
from bot.answering.retrieval.index_writing import tables_of
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import Permissions
from bot.answering.retrieval.query import Query, Word

_FUSED = 50
"""How many of each ranking are fused."""
_FUSION = 60
"""The constant of reciprocal rank fusion, as its authors have it."""
_AT_ONCE = 500
"""How many passages are read by one query: SQLite takes 32,766 values, older ones 999."""
_PASSAGES = """
SELECT p.number, p.headings, t.text, d.audience, d.title, d.file, d.url, d.updated, d.contact,
    d.language
FROM passages p JOIN texts t USING (number) JOIN documents d ON d.number = p.document
WHERE p.number IN ({})
"""


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
    """A view of an index: all of it, or what `visible_to` leaves. Safe to share between threads.

    `admitted` says for each of the audiences in the tables whether the view shows its documents.
    """

    tables: Tables
    admitted: tuple[bool, ...]
    embeddings: Embeddings | None = None

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file. Raises ValueError if it is damaged or was written by another version.

        The file may be deleted while the index is in use.
        """
        return cls._all_of(open_tables(path))

    @classmethod
    def of(cls, passages: Iterable[Passage]) -> Self:
        """A small index in memory."""
        return cls._all_of(tables_of(passages))

    @classmethod
    def _all_of(cls, tables: Tables) -> Self:
        return cls(tables, (True,) * len(tables.audiences))

    @property
    def roots(self) -> tuple[str, ...]:
        """Where the documents are from."""
        return self.tables.roots

    @property
    def embedding_model(self) -> str:
        """The model that made the vectors of the passages; empty if they have none."""
        return self.tables.embedding_model

    def visible_to(self, permissions: Permissions) -> Self:
        """The same index without the documents that these permissions don't admit to."""
        audiences = zip(self.admitted, self.tables.audiences, strict=True)
        admitted = (before and audience.admits(permissions) for before, audience in audiences)
        return replace(self, admitted=tuple(admitted))

    def with_embeddings(self, embeddings: Embeddings | None) -> Self:
        """The same index, searched by meaning too where its vectors are of the same model."""
        is_same_model = embeddings and embeddings.model == self.embedding_model
        return replace(self, embeddings=embeddings if is_same_model else None)

    def search(self, query: Query, count: int) -> list[Hit]:
        """The best passages first; equal ones in the order of the documents."""
        mask = self.tables.mask(self.admitted)
        vector = self.embeddings and self.embeddings.of_question(query.text)
        depth = max(count, _FUSED if vector else reranking.BEST)
        best = searching.best(self.tables, query.words, depth, mask)
        passages = self._passages([number for number, _ in best[: reranking.BEST]])
        closeness = reranking.Closeness(query, self.weight)
        ranking = closeness.ranked([(n, score / searching.UNIT) for n, score in best], passages)
        if vector:
            nearest = self.tables.vectors.nearest(vector, _FUSED, mask)
            ranking = _fused([number for number, _ in ranking], nearest)
        passages |= self._passages([n for n, _ in ranking[:count] if n not in passages])
        return [Hit(passages[number], score) for number, score in ranking[:count]]

    def weight(self, word: Word) -> float:
        """A word's inverse document frequency, which is greatest for unknown words."""
        with_word = max(map(self.tables.with_term, word.terms), default=0)
        return scoring.idf(with_word, self.tables.passages)

    def documents(self) -> list[Document]:
        """The documents in the order of the index."""
        by_file: dict[str, Document] = {}
        for audience, *about in self.tables.rows(
            "SELECT audience, title, file, url, updated, contact, passages FROM documents"
            " ORDER BY number"
        ):
            if self.admitted[audience]:
                document = Document(*about)
                first = by_file.get(document.file, replace(document, passages=0))
                passages = first.passages + document.passages
                by_file[document.file] = replace(first, passages=passages)
        return list(by_file.values())

    def sources(self) -> Iterator[Source]:
        """Every part of every document, in the order of the index."""
        rows = self.tables.rows(
            "SELECT d.audience, d.title, d.file, p.headings, d.url"
            " FROM passages p JOIN documents d ON d.number = p.document ORDER BY p.number"
        )
        for audience, title, file, headings, url in dict.fromkeys(rows):
            if self.admitted[audience]:
                yield Source(title, file, tuple(json.loads(headings)), url)

    @property
    def is_limited(self) -> bool:
        """Whether any document is not for everyone, including invisible ones."""
        return any(audience.is_limited for audience in self.tables.audiences)

    @property
    def groups(self) -> frozenset[str]:
        """The user groups that documents are limited to, including invisible ones."""
        return frozenset(group for audience in self.tables.audiences for group in audience.groups)

    def passages_of(self, file: str) -> list[Passage]:
        """The visible passages of a file, in order."""
        rows = self.tables.rows(
            "SELECT p.number, d.audience FROM passages p JOIN documents d ON d.number = p.document"
            " WHERE d.file = ? ORDER BY p.number",
            (file,),
        )
        numbers = [number for number, audience in rows if self.admitted[audience]]
        passages: dict[int, Passage] = {}
        for start in range(0, len(numbers), _AT_ONCE):
            passages |= self._passages(numbers[start : start + _AT_ONCE])
        return [passages[number] for number in numbers]

    def holds(self, file: str) -> bool:
        """Whether any passage of a file is visible."""
        rows = self.tables.rows("SELECT audience FROM documents WHERE file = ?", (file,))
        return any(self.admitted[audience] for (audience,) in rows)

    def _passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        if not numbers:
            return {}
        query = _PASSAGES.format(", ".join("?" * len(numbers)))
        return {number: self._passage(*row) for number, *row in self.tables.rows(query, numbers)}

    def _passage(self, headings: str, deflated: bytes, audience: int, *about: Any) -> Passage:
        title, file, url, updated, contact, language = about
        source = Source(title, file, tuple(json.loads(headings)), url)
        text = zlib.decompress(deflated).decode()
        return Passage(source, text, updated, contact, self.tables.audiences[audience], language)


def _fused(*rankings: Sequence[int]) -> list[tuple[int, float]]:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009), the best first."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, 1):
            scores[number] = scores.get(number, 0.0) + 1 / (_FUSION + rank)
    return sorted(scores.items(), key=lambda item: -item[1])


def sources_of(hits: Iterable[Hit]) -> Sources:
    """The sources of the hits, each once, with the text of its passages."""
    by_source: dict[Source, list[Passage]] = {}
    for hit in hits:
        by_source.setdefault(hit.passage.source, []).append(hit.passage)
    return Sources(tuple(_citation(source, passages) for source, passages in by_source.items()))


def _citation(source: Source, passages: Sequence[Passage]) -> Citation:
    text = "\n\n".join(dict.fromkeys(passage.text for passage in passages))
    digests = tuple(dict.fromkeys(passage.digest for passage in passages))
    return Citation(source, text, passages[0].updated, passages[0].audience, digests)
