"""Reads BEIR's form (https://github.com/beir-cellar/beir), in which most benchmarks are published.

A query whose lines begin with `|user|:`, as in IBM's mt-rag-benchmark, is a conversation: the
last turn is the question, those before it are its history.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.answering.events import Question, Source, Turn
from bot.answering.retrieval.languages import language_of
from bot.answering.retrieval.passages import Passage
from scripts.evaluate.cases import Case, Expected
from scripts.evaluate.datasets.dataset import Dataset, json_lines

_TURN = re.compile(r"^\|(user|agent|assistant)\|:[ \t]*", re.MULTILINE)  # "|user|: Hi"
_PREFERRED = ("test.tsv", "dev.tsv")
"""Which of several files of judgements to take."""


def read(folder: Path) -> Dataset | None:
    corpus, queries = _file(folder, "corpus"), _file(folder, "queries")
    judgements = sorted((folder / "qrels").glob("*.tsv"), key=_preferred)
    if not (corpus and queries and judgements):
        return None
    gains = _gains(judgements[0])
    return Dataset(
        folder.name,
        tuple(_passage(entry) for entry in json_lines(corpus)),
        tuple(
            Case(str(query["_id"]), _question(query["text"]), _expected(gains[str(query["_id"])]))
            for query in json_lines(queries)
            if str(query["_id"]) in gains
        ),
    )


def _passage(entry: Mapping[str, Any]) -> Passage:
    source = Source(str(entry.get("title") or ""), str(entry["_id"]))
    return Passage(source, entry["text"], language=language_of(entry["text"]))


def _preferred(path: Path) -> tuple[int, str]:
    return (*_PREFERRED, path.name).index(path.name), path.name


def _file(folder: Path, name: str) -> Path | None:
    paths = [folder / f"{name}.jsonl", folder / f"{name}.jsonl.zip"]
    return next((path for path in paths if path.exists()), None)


def _gains(path: Path) -> dict[str, dict[str, float]]:
    """For each query the passages that answer it, with their degree of relevance."""
    gains: dict[str, dict[str, float]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t")
        next(rows)
        for query, passage, gain in rows:
            if float(gain) > 0:
                gains[query][passage] = float(gain)
    return gains


def _expected(gains: Mapping[str, float]) -> tuple[Expected, ...]:
    return tuple(Expected(passage, gain=gain) for passage, gain in gains.items())


def _question(query: str) -> Question:
    parts = _TURN.split(query)
    if len(parts) == 1:
        return Question(query)
    turns = [
        Turn("user" if role == "user" else "assistant", text.strip())
        for role, text in zip(parts[1::2], parts[2::2], strict=True)
    ]
    return Question(turns[-1].text, tuple(turns[:-1]))
