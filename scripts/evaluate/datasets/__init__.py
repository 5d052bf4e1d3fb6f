"""Reads benchmarks as they are published, whichever of the known forms a folder holds.

Each passage of a benchmark stays one passage. Its id takes the place of the file in its source, so
that results can be compared with the benchmark's judgements.
"""

from collections.abc import Callable
from pathlib import Path

from scripts.documents import knowledge
from scripts.evaluate import cases
from scripts.evaluate.datasets import beir, cookbook
from scripts.evaluate.datasets.dataset import Dataset
from scripts.terminal.problem import Problem

__all__ = ["Dataset", "read"]


def read(folder: Path) -> Dataset:
    """The benchmark in a folder. Raises `Problem` where it has none of the known forms."""
    for form, read_form in _FORMS.items():
        try:
            dataset = read_form(folder)
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            why = f"{type(error).__name__}: {error}"
            raise Problem(f"{folder} looks like {form}, and cannot be read: {why}") from error
        if dataset:
            return dataset
    forms = "; or ".join(_FORMS)
    raise Problem(f"There is no benchmark in {folder}: it takes a folder with {forms}.")


def _golden(folder: Path) -> Dataset | None:
    """A golden set of our own form, about the documents beside it."""
    golden = folder / "golden.jsonl"
    if not golden.exists():
        return None
    return Dataset(folder.name, tuple(knowledge.passages(folder)), tuple(cases.read(golden)))


_FORMS: dict[str, Callable[[Path], Dataset | None]] = {
    "anthropic_docs.json and docs_evaluation_dataset.json": cookbook.read_documentation,
    "codebase_chunks.json and evaluation_set.jsonl": cookbook.read_code,
    "corpus.jsonl, queries.jsonl and qrels/*.tsv, zipped or not": beir.read,
    "golden.jsonl beside the documents it asks about": _golden,
}
