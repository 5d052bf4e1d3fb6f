"""Reads a golden set of our own form, `golden.jsonl`, about the documents beside it."""

from pathlib import Path

from scripts.documents import knowledge
from scripts.evaluate import cases
from scripts.evaluate.datasets.dataset import Dataset


def read(folder: Path) -> Dataset | None:
    golden = folder / "golden.jsonl"
    if not golden.exists():
        return None
    return Dataset(folder.name, tuple(knowledge.passages(folder)), tuple(cases.read(golden)))
