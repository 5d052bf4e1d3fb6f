"""Searching the documents, beside SQLite's own full-text search and a library in Rust.

Each engine runs in a process of its own, which loads its index and searches the same questions.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import quantiles

from bot.answering.retrieval.index_writing import write_index
from bot.answering.retrieval.passages import Passage
from infra import bundle
from tests.benchmarks.figures import Hold, Row, Series
from tests.benchmarks.measures.corpus import Corpus, questions

SECONDS = 1800
"""Most of it goes into writing the indexes of 100,000 passages."""

_SIZES = (1_000, 10_000, 100_000)
_HOLD = {10_000: 2.0, 100_000: 15.0}
_ROUNDS, _QUESTIONS = 3, 300
_VECTOR = 192
"""Bytes: a vector of 1,536 numbers, of which the signs are kept."""
_TANTIVY = "tantivy==0.27.0"
_CONTESTANT = Path(__file__).parents[1] / "contestants" / "searching.py"


def measure() -> list[Row]:
    corpus = Corpus(max(_SIZES))
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="stackbot-bench-") as scratch:
        library = _fetched(Path(scratch, "library"))
        for size in _SIZES:
            folder = Path(scratch, str(size))
            folder.mkdir()
            rows += _rows(size, _Engines(folder, corpus.passages[:size], library))
    return rows


@dataclass(frozen=True, slots=True)
class _Round:
    """What one process took: to load, in seconds, and to search, in milliseconds."""

    load: float
    p50: float
    p99: float


class _Engines:
    """The indexes of some passages, written once; `took` says how long that was, in seconds."""

    def __init__(self, folder: Path, passages: list[Passage], library: Path | None) -> None:
        self._folder, self._library, self._passages = folder, library, len(passages)
        self._questions = json.dumps(questions(passages, _QUESTIONS))
        vectors = [Random(n).randbytes(_VECTOR) for n in range(len(passages))]
        started = time.perf_counter()
        write_index(folder / "ours", passages, embedding_model="any", vectors=vectors)
        self.took = time.perf_counter() - started
        _write_fts5(folder / "fts5", passages)
        self.libraries = ["fts5"]
        if library:
            self._write_tantivy(passages)
            self.libraries.append("tantivy")

    def rounds(self) -> Mapping[str, list[_Round]]:
        names = ("ours", "hybrid", *self.libraries)
        results: dict[str, list[_Round]] = {name: [] for name in names}
        for _ in range(_ROUNDS):
            for name, times in results.items():
                times.append(self._round(name))
        return results

    def megabytes(self, name: str) -> Series:
        path = self._folder / name
        files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
        vectors = _VECTOR * self._passages if name == "ours" else 0
        return Series(((sum(file.stat().st_size for file in files) - vectors) / 1_000_000,))

    def _round(self, name: str) -> _Round:
        path = self._folder / ("ours" if name == "hybrid" else name)
        took = json.loads(self._run(name, path, self._questions))
        if took["found"] < _QUESTIONS:
            raise RuntimeError(f"{name} found next to nothing")
        hundredths = quantiles((1000 * seconds for seconds in took["seconds"]), n=100)
        return _Round(took["load"], hundredths[49], hundredths[98])

    def _write_tantivy(self, passages: list[Passage]) -> None:
        path = self._folder / "tantivy"
        path.mkdir()
        lines = (json.dumps([_headings(passage), passage.text]) for passage in passages)
        self._run("write-tantivy", path, "\n".join(lines))

    def _run(self, kind: str, path: Path, text: str) -> str:
        folders = [str(bundle.ROOT), *([str(self._library)] if self._library else [])]
        done = subprocess.run(
            [sys.executable, str(_CONTESTANT), kind, str(path)],
            input=text,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        if done.returncode:
            raise RuntimeError(f"{kind} failed: {done.stderr.strip().splitlines()[-1]}")
        return done.stdout


def _rows(size: int, engines: _Engines) -> list[Row]:
    rounds, ours_size = engines.rounds(), engines.megabytes("ours")

    def row(name: str, unit: str, ours: str, figure: Callable[[_Round], float]) -> list[Row]:
        series = {engine: Series(tuple(map(figure, took))) for engine, took in rounds.items()}
        if ours == "hybrid":
            hold = Hold(_HOLD[size]) if name == "p50" and size in _HOLD else None
            return [Row(f"{size:,}: hybrid, {name}", unit, series[ours], hold=hold)]
        return [
            Row(f"{size:,}: {name}", unit, series[ours], engine, series[engine])
            for engine in engines.libraries
        ]

    return [
        *row("p50", "ms", "ours", lambda took: took.p50),
        *row("p99", "ms", "ours", lambda took: took.p99),
        *row("p50", "ms", "hybrid", lambda took: took.p50),
        *row("p99", "ms", "hybrid", lambda took: took.p99),
        *row("load", "s", "ours", lambda took: took.load),
        *row("load", "s", "hybrid", lambda took: took.load),
        *[
            Row(f"{size:,}: index", "MB", ours_size, engine, engines.megabytes(engine))
            for engine in engines.libraries
        ],
        Row(f"{size:,}: vectors in the index", "MB", Series((size * _VECTOR / 1_000_000,))),
        Row(f"{size:,}: write", "s", Series((engines.took,))),
    ]


def _write_fts5(path: Path, passages: list[Passage]) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIRTUAL TABLE passages USING fts5(headings, text, tokenize=porter)")
    rows = ((_headings(passage), passage.text) for passage in passages)
    connection.executemany("INSERT INTO passages VALUES (?, ?)", rows)
    connection.execute("INSERT INTO passages (passages) VALUES ('optimize')")
    connection.commit()
    connection.close()


def _headings(passage: Passage) -> str:
    return " ".join(passage.source.path)


def _fetched(folder: Path) -> Path | None:
    """The library in a folder of its own; None without the network, and its lines are left out."""
    uv = str(bundle.ROOT / ".venv" / "bin" / "uv")
    how = ["--quiet", "--no-config", "--only-binary", ":all:", "--target", str(folder)]
    done = subprocess.run(
        [uv, "pip", "install", *how, _TANTIVY],
        env={**os.environ, **bundle.package_index()},
        capture_output=True,
        check=False,
        timeout=120,
    )
    return folder if done.returncode == 0 else None
