"""BEIR's form, which most retrieval benchmarks are published in, also conversations in it.

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

_TURN = re.compile(r"^\|(user|agent|assistant)\|:[ \t]*", re.MULTILINE)
_JUDGED = ("test.tsv", "dev.tsv")
"""Which judgements to take where there are several, before any other."""


def read(folder: Path) -> Dataset | None:
    corpus, queries = _lines(folder, "corpus"), _lines(folder, "queries")
    judged = sorted((folder / "qrels").glob("*.tsv"), key=_preferred)
    if not (corpus and queries and judged):
        return None
    wanted = _wanted(judged[0])
    return Dataset(
        folder.name,
        tuple(_passage(one) for one in json_lines(corpus)),
        tuple(
            Case(str(one["_id"]), _question(one["text"]), _expected(wanted[str(one["_id"])]))
            for one in json_lines(queries)
            if str(one["_id"]) in wanted
        ),
    )


def _passage(one: Mapping[str, Any]) -> Passage:
    source = Source(str(one.get("title") or ""), str(one["_id"]))
    return Passage(source, one["text"], language=language_of(one["text"]))


def _preferred(path: Path) -> tuple[int, str]:
    return (*_JUDGED, path.name).index(path.name), path.name


def _lines(folder: Path, name: str) -> Path | None:
    paths = [folder / f"{name}.jsonl", folder / f"{name}.jsonl.zip"]
    return next((path for path in paths if path.exists()), None)


def _wanted(path: Path) -> dict[str, dict[str, float]]:
    """For each query the passages that answer it, by how well they do."""
    wanted: dict[str, dict[str, float]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t")
        next(rows)
        for query, passage, gain in rows:
            if float(gain) > 0:
                wanted[query][passage] = float(gain)
    return wanted


def _expected(wanted: Mapping[str, float]) -> tuple[Expected, ...]:
    return tuple(Expected(passage, gain=gain) for passage, gain in wanted.items())


def _question(text: str) -> Question:
    parts = _TURN.split(text)
    if len(parts) == 1:
        return Question(text)
    turns = [
        Turn("user" if role == "user" else "assistant", said.strip())
        for role, said in zip(parts[1::2], parts[2::2], strict=True)
    ]
    return Question(turns[-1].text, tuple(turns[:-1]))
