"""Writes an index: everything is counted and weighed here, so that a search only adds up.

The same passages give the same bytes.
"""

import json
import sqlite3
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.answering.retrieval import scoring
from bot.answering.retrieval.index_file import INDEX_VERSION, SCHEMA, SHARD, Tables, seal
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import EVERYONE, Audience

_PAGE_BYTES = 8192  # https://www.sqlite.org/pragma.html#pragma_page_size
_LEVELS = 255
"""What a term can be worth in a passage, at most: an impact takes one byte."""

_Counts = dict[str, tuple["array[int]", "array[float]"]]
"""The numbers of the passages that have a term, ascending, and how often each has it."""


def write_index(
    path: Path,
    passages: Iterable[Passage],
    *,
    roots: Sequence[str] = (),
    embedding_model: str = "",
    vectors: Sequence[bytes] = (),
    term_counts: Iterable[Mapping[str, float]] | None = None,
) -> None:
    """Write the index of the passages, which are read once, in place of the file at `path`.

    `roots` says where the documents are from. `vectors` are those of the passages, in their order,
    as `embed` of an `Embeddings` gives them. Raises ValueError where they are not one for each.
    `term_counts` are the results of `scoring.weighted_counts` for the passages, if computed before.
    """
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode = OFF")
        _fill(connection, passages, roots, embedding_model, vectors, term_counts)
    finally:
        connection.close()
    seal(path)


def tables_of(passages: Iterable[Passage]) -> Tables:
    """The tables of an index in memory."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    _fill(connection, passages, (), "", ())
    return Tables(connection)


def _fill(
    connection: sqlite3.Connection,
    passages: Iterable[Passage],
    roots: Sequence[str],
    embedding_model: str,
    vectors: Sequence[bytes],
    term_counts: Iterable[Mapping[str, float]] | None = None,
) -> None:
    connection.executescript(f"{SCHEMA} PRAGMA user_version = {INDEX_VERSION};")
    with connection:
        counts, lengths, audience_of = _write_passages(connection, passages, term_counts)
        if vectors and len(vectors) != len(lengths):
            raise ValueError(f"There are {len(vectors)} vectors for {len(lengths)} passages.")
        connection.executemany(
            "INSERT INTO postings VALUES (?, ?, ?, ?, ?, ?)", _postings(counts, lengths)
        )
        if vectors:
            connection.execute("INSERT INTO vectors VALUES (?)", (b"".join(vectors),))
        about = {
            "passages": len(lengths),
            "roots": json.dumps(list(roots)),
            "embedding_model": embedding_model if vectors else "",
            "audience_of": audience_of.tobytes() if any(audience_of) else b"",
        }
        connection.executemany("INSERT INTO about VALUES (?, ?)", about.items())


def _write_passages(
    connection: sqlite3.Connection,
    passages: Iterable[Passage],
    term_counts: Iterable[Mapping[str, float]] | None,
) -> tuple[_Counts, "array[float]", "array[int]"]:
    """Write documents and passages; return their terms, their lengths and their audiences."""
    counts: _Counts = {}
    lengths, audience_of = array("d"), array("I")
    documents: dict[tuple[Any, ...], list[int]] = {}
    audiences = {EVERYONE: 0}
    prepared = None if term_counts is None else iter(term_counts)
    for number, passage in enumerate(passages):
        audience = audiences.setdefault(passage.audience, len(audiences))
        audience_of.append(audience)
        document = documents.setdefault(_document(passage, audience), [len(documents), 0])
        document[1] += 1
        headings = json.dumps(passage.source.headings, ensure_ascii=False)
        connection.execute("INSERT INTO passages VALUES (?, ?, ?)", (number, document[0], headings))
        text = zlib.compress(passage.text.encode(), 9)
        connection.execute("INSERT INTO texts VALUES (?, ?)", (number, text))
        terms = scoring.weighted_counts(passage) if prepared is None else next(prepared)
        lengths.append(scoring.length(terms))
        for term, count in terms.items():
            numbers, times = counts.setdefault(term, (array("I"), array("f")))
            numbers.append(number)
            times.append(count)
    connection.executemany(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((number, *about, passage_count) for about, (number, passage_count) in documents.items()),
    )
    connection.executemany("INSERT INTO audiences VALUES (?, ?, ?, ?)", _audiences(audiences))
    return counts, lengths, audience_of


def _document(passage: Passage, audience: int) -> tuple[Any, ...]:
    source = passage.source
    about = (source.file, source.title, source.url, passage.updated, passage.contact)
    return (*about, passage.language, audience)


def _audiences(audiences: dict[Audience, int]) -> Iterator[tuple[int, str, str, bool | None]]:
    for audience, number in audiences.items():
        channels, groups = json.dumps(audience.channels), json.dumps(audience.groups)
        yield number, channels, groups, audience.public


def _postings(counts: _Counts, lengths: "array[float]") -> Iterator[tuple[Any, ...]]:
    average = sum(lengths) / len(lengths) if lengths else 1.0
    norms = [scoring.norm(length, average or 1.0) for length in lengths]
    for term in sorted(counts):
        numbers, times = counts.pop(term)
        shards: dict[int, tuple[array[int], bytearray]] = {}
        for number, count in zip(numbers, times, strict=True):
            within, impacts = shards.setdefault(number // SHARD, (array("H"), bytearray()))
            within.append(number % SHARD)
            impacts.append(round(_LEVELS * scoring.saturation(count, norms[number])) or 1)
        for shard, (within, impacts) in shards.items():
            yield term, shard, len(numbers), max(impacts), within.tobytes(), bytes(impacts)
