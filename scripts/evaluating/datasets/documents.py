"""A golden set of our own form over a folder of documents."""

from collections.abc import Iterator
from pathlib import Path

from bot.answering.passages import Passage, split
from scripts import knowledge
from scripts.evaluating import cases
from scripts.evaluating.datasets.dataset import Dataset


def read(folder: Path) -> Dataset | None:
    golden = folder / "golden.jsonl"
    if not golden.exists():
        return None
    return Dataset(folder.name, tuple(passages(folder)), tuple(cases.read(golden)))


def passages(folder: Path) -> Iterator[Passage]:
    """Those of every document below a folder."""
    for path in knowledge.documents(folder):
        file = path.relative_to(folder).as_posix()
        yield from split(file, path.read_text(encoding="utf-8", errors="replace"))
