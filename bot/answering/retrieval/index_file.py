"""The file of an index: one SQLite database with a checksum, read by any number of threads.

Plain tables are enough: what a search adds up was worked out when the file was written. SQLite
leaves four bytes of its header to applications (`application_id`). They hold the CRC-32 of all
other bytes, so that a file damaged anywhere is refused when it is opened.
"""

import json
import sqlite3
import weakref
import zlib
from array import array
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from bot.answering.retrieval.permissions import Audience
from bot.answering.retrieval.vectors import Vectors

Key = TypeVar("Key")
Value = TypeVar("Value")

INDEX_VERSION = 2
"""Of the tables below. The version before was one JSON file."""

SHARD = 1 << 16
"""Passages whose numbers share all but their last 16 bits: postings hold these alone."""

SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE audiences (
    number INTEGER PRIMARY KEY, channels TEXT, groups TEXT, public INTEGER
);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, file TEXT, title TEXT, url TEXT, updated TEXT, contact TEXT,
    language TEXT, audience INTEGER, passages INTEGER
);
CREATE INDEX files ON documents (file);
CREATE TABLE passages (number INTEGER PRIMARY KEY, document INTEGER, headings TEXT);
CREATE TABLE texts (number INTEGER PRIMARY KEY, text BLOB);
CREATE TABLE postings (
    term TEXT, shard INTEGER, passages INTEGER, most INTEGER, numbers BLOB, impacts BLOB,
    PRIMARY KEY (term, shard)
) WITHOUT ROWID;
CREATE TABLE vectors (bits BLOB);
"""
"""`passages` of a posting counts those with the term in the whole index; `most` is the greatest of
its impacts, a byte for each passage; numbers take two bytes. Lists are JSON, texts are deflated.
`public` is 1, 0, or NULL where a document doesn't say; older files lack it."""

_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_VERSION_AT, _CHECKSUM_AT = 60, 68
"""Of a database's header: https://www.sqlite.org/fileformat2.html#the_database_header"""
_CACHED_VIEWS, _CACHED_TERMS = 8, 10_000
_REBUILD = "Write it again from the documents."


class Tables:
    """The tables of an open index. One connection serves all threads, one query at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection, self._lock = connection, Lock()
        weakref.finalize(self, connection.close)
        about = dict(self.rows("SELECT name, value FROM about"))
        self.passages: int = about["passages"]
        self.roots: tuple[str, ...] = tuple(json.loads(about["roots"]))
        self.embedding_model: str = about["embedding_model"]
        self.audiences = [
            Audience(tuple(json.loads(channels)), tuple(json.loads(groups)), *map(_flag, public))
            for _, channels, groups, *public in self.rows("SELECT * FROM audiences ORDER BY number")
        ]
        self._audience_of = array("I", about["audience_of"])
        self._masks: dict[tuple[bool, ...], bytes] = {}
        self._with_term: dict[str, int] = {}

    @cached_property
    def vectors(self) -> Vectors:
        """The vectors, read on first use: those of 100,000 passages take 20 MB."""
        rows = self.rows("SELECT bits FROM vectors")
        return Vectors(rows[0][0] if rows else b"", self.passages)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def mask(self, admitted: tuple[bool, ...]) -> bytes | None:
        """A 1 for each passage whose audience is `admitted`, else a 0; None where all are."""
        if all(admitted):
            return None
        mask = self._masks.get(admitted)
        if mask is None:
            mask = bytes(map(admitted.__getitem__, self._audience_of))
            _keep(self._masks, admitted, mask, _CACHED_VIEWS)
        return mask

    def with_term(self, term: str) -> int:
        """How many passages have a term."""
        count = self._with_term.get(term)
        if count is None:
            rows = self.rows("SELECT passages FROM postings WHERE term = ? LIMIT 1", (term,))
            count = int(rows[0][0]) if rows else 0
            _keep(self._with_term, term, count, _CACHED_TERMS)
        return count


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def _keep(cache: dict[Key, Value], key: Key, value: Value, most: int) -> None:
    """Cache a value. `functools.lru_cache` on a method would keep unused files open."""
    if len(cache) >= most:
        cache.clear()
    cache[key] = value


def open_tables(path: Path) -> Tables:
    """Open an index. Raises ValueError if it is damaged or was written by another version.

    The file may be deleted while its tables are open.
    """
    _check(path)
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )
    connection.execute(f"PRAGMA mmap_size = {path.stat().st_size}")
    try:
        return Tables(connection)
    except (sqlite3.Error, KeyError) as error:
        connection.close()
        raise ValueError(f"The knowledge index lacks something ({error}). {_REBUILD}") from error


def seal(path: Path) -> None:
    """Write the checksum into a file that is otherwise complete."""
    with path.open("r+b") as file:
        checksum = _checksum(path)
        file.seek(_CHECKSUM_AT)
        file.write(checksum)


def _check(path: Path) -> None:
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        raise ValueError(f"The knowledge index is damaged: it is no SQLite database. {_REBUILD}")
    version = int.from_bytes(header[_VERSION_AT : _VERSION_AT + 4])
    if version != INDEX_VERSION:
        raise ValueError(
            f"The knowledge index is of version {version}, not {INDEX_VERSION}. {_REBUILD}"
        )
    if header[_CHECKSUM_AT : _CHECKSUM_AT + 4] != _checksum(path):
        raise ValueError(f"The knowledge index is damaged: its checksum is wrong. {_REBUILD}")


def _checksum(path: Path) -> bytes:
    with path.open("rb") as file:
        total = zlib.crc32(file.read(_CHECKSUM_AT))
        file.seek(_CHECKSUM_AT + 4)
        while chunk := file.read(1 << 20):
            total = zlib.crc32(chunk, total)
    return total.to_bytes(4)
