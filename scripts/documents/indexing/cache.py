"""Caches what is computed from documents, in a SQLite file of the checkout.

A damaged file is replaced by an empty one: only time is lost.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

_TABLE = """
    CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB, used TEXT) WITHOUT ROWID
"""
_OWNER_ALONE = 0o600
"""The documents may be limited to some people, and others may use this machine."""
_UNUSED = timedelta(days=30)
_BATCH = 500
"""Keys in one query; SQLite took at most 999 variables before 3.32 (sqlite.org/limits.html)."""
_LOCK_SECONDS = 30.0
"""How long another command may hold the file."""


class Cache:
    """Cached values, JSON by key. Entries unused for 30 days expire. A context manager."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._today = date.today()

    @property
    def folder(self) -> Path:
        return self._file.parent

    def __enter__(self) -> Self:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.touch(_OWNER_ALONE)
        self._file.chmod(_OWNER_ALONE)
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            self._renew(error)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(sqlite3.Error), self._store:
            self._store.execute(
                "DELETE FROM kept WHERE used < ?", ((self._today - _UNUSED).isoformat(),)
            )
        self._store.close()

    def get(self, keys: Iterable[bytes]) -> dict[bytes, Any]:
        """The cached values of those of the keys that have one."""
        try:
            return self._read(keys)
        except (sqlite3.DatabaseError, zlib.error, ValueError) as error:
            self._renew(error)
            return {}

    def _read(self, keys: Iterable[bytes]) -> dict[bytes, Any]:
        unique = list(dict.fromkeys(keys))
        values: dict[bytes, Any] = {}
        for start in range(0, len(unique), _BATCH):
            batch = unique[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            rows = self._store.execute(
                f"SELECT key, value, used FROM kept WHERE key IN ({marks})",  # noqa: S608
                batch,
            ).fetchall()
            stale = [key for key, _, used in rows if used != self._today.isoformat()]
            self._touch(stale)
            values |= {key: json.loads(zlib.decompress(value)) for key, value, _ in rows}
        return values

    def put(self, values: dict[bytes, Any]) -> None:
        """Write these values at once, so that they survive an interruption."""
        rows = [
            (key, zlib.compress(json.dumps(value).encode(), 1), self._today.isoformat())
            for key, value in values.items()
        ]
        try:
            self._write(rows)
        except sqlite3.DatabaseError as error:
            self._renew(error)
            self._write(rows)

    def _write(self, rows: list[tuple[bytes, bytes, str]]) -> None:
        with self._store:
            self._store.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)

    def _touch(self, keys: list[bytes]) -> None:
        with self._store:
            self._store.executemany(
                "UPDATE kept SET used = ? WHERE key = ?",
                [(self._today.isoformat(), key) for key in keys],
            )

    def _renew(self, error: Exception) -> None:
        """Replace the damaged file. Raises `error` where it is locked or the disk is full."""
        if isinstance(error, sqlite3.OperationalError):
            raise error
        self._store.close()
        for suffix in ("", "-wal", "-shm"):
            self._file.with_name(f"{self._file.name}{suffix}").unlink(missing_ok=True)
        self._open()

    def _open(self) -> None:
        self._store = sqlite3.connect(self._file, timeout=_LOCK_SECONDS)
        self._store.execute("PRAGMA journal_mode = WAL")
        self._store.execute("PRAGMA synchronous = NORMAL")
        self._store.execute(_TABLE)
