"""Keeps what was worked out of a document, by what it was worked out from, in one file.

Where the file is damaged it is made anew: all that is lost is time.
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
_ASKED = 500
_WAIT = 30.0


class Kept:
    """Values of JSON by keys of bytes; what was not used for 30 days goes."""

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
        """Those of the values that there are."""
        try:
            return self._found(keys)
        except (sqlite3.DatabaseError, zlib.error, ValueError) as error:
            self._renew(error)
            return {}

    def _found(self, keys: Iterable[bytes]) -> dict[bytes, Any]:
        wanted = list(dict.fromkeys(keys))
        found: dict[bytes, Any] = {}
        for start in range(0, len(wanted), _ASKED):
            part = wanted[start : start + _ASKED]
            marks = ",".join("?" * len(part))
            rows = self._store.execute(
                f"SELECT key, value, used FROM kept WHERE key IN ({marks})",  # noqa: S608
                part,
            ).fetchall()
            stale = [key for key, _, used in rows if used != self._today.isoformat()]
            self._touch(stale)
            found |= {key: json.loads(zlib.decompress(value)) for key, value, _ in rows}
        return found

    def put(self, values: dict[bytes, Any]) -> None:
        """Keep these at once, whatever happens thereafter."""
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
        """Where the file is damaged; one that is locked, or on a full disk, is not."""
        if isinstance(error, sqlite3.OperationalError):
            raise error
        self._store.close()
        for suffix in ("", "-wal", "-shm"):
            self._file.with_name(f"{self._file.name}{suffix}").unlink(missing_ok=True)
        self._open()

    def _open(self) -> None:
        self._store = sqlite3.connect(self._file, timeout=_WAIT)
        self._store.execute("PRAGMA journal_mode = WAL")
        self._store.execute("PRAGMA synchronous = NORMAL")
        self._store.execute(_TABLE)
