"""A golden set of our own form over a folder of documents."""

from pathlib import Path

from scripts.evaluating import cases
from scripts.evaluating.datasets.dataset import Dataset
from scripts.ingesting import knowledge


def read(folder: Path) -> Dataset | None:
    golden = folder / "golden.jsonl"
    if not golden.exists():
        return None
    return Dataset(folder.name, tuple(knowledge.passages(folder)), tuple(cases.read(golden)))
