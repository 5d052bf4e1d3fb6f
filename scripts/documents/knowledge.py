"""The documents under `knowledge/`, which `local`, `deploy` and `watch` bring in by themselves."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.answering.model.embeddings import EmbeddingFailedError, Embeddings
from bot.answering.retrieval.index_writing import write_index
from bot.answering.retrieval.passages import Passage, split
from scripts import install
from scripts.aws.cdk import ROOT
from scripts.documents import publishing
from scripts.documents.indexing import building
from scripts.documents.indexing.cache import Kept
from scripts.documents.outcome import Taken
from scripts.documents.progress import Progress, silent
from scripts.documents.sources import gathering
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say

FOLDER = ROOT / "knowledge"
_FILE = "documents.sqlite"


def documents(folder: Path = FOLDER) -> list[Path]:
    """Every file that says what the documents are."""
    return gathering.documents(folder)


def build(
    index: Path,
    paths: Sequence[Path],
    progress: Progress = silent,
    embeddings: Embeddings | None = None,
) -> Taken:
    """Write the index of PATHs, with what is kept in this checkout. Raises `Problem`."""
    try:
        with _kept() as kept:
            return building.build(paths, index, kept, _converter, progress, embeddings)
    except EmbeddingFailedError as error:
        raise Problem(
            f"The embedding endpoint failed ({error}), so nothing was changed. Run it again, or"
            " take embedding_model out of the row in infra/environments.py."
        ) from error


def passages(folder: Path = FOLDER) -> list[Passage]:
    """What the folder's documents say. Raises `Problem`."""
    with _kept() as kept:
        return building.passages([folder], kept, _converter)


def index_of(files: Mapping[str, str]) -> bytes:
    """The file of an index of documents given as file name → Markdown."""
    return written(passage for name in sorted(files) for passage in split(name, files[name]))


def written(passages: Iterable[Passage]) -> bytes:
    """The file of an index of these passages."""
    with tempfile.TemporaryDirectory(prefix="stackbot-") as scratch:
        path = Path(scratch, "index")
        write_index(path, passages)
        return path.read_bytes()


def upload(s3: Any, bucket: str, embeddings: Embeddings | None = None) -> bool:
    """Have an environment answer from `knowledge/`, unless it answers from something else.

    Says which documents are left out. False: nothing was to do.
    """
    made_from = [gathering.root_name(FOLDER)]
    there = publishing.roots(s3, bucket)
    if there not in (None, (), (*made_from,)):
        say(f"  It answers from {', '.join(there or ())}, which ./stackbot ingest brought in.")
        return False
    with tempfile.TemporaryDirectory(prefix="stackbot-") as scratch:
        written = Path(scratch, "index")
        taken = build(written, [FOLDER], silent, embeddings)
        for left_out in taken.skipped:
            say(f"  [yellow]![/] {left_out.name} is left out: {left_out.why}.")
        return publishing.publish(s3, bucket, written, made_from, taken.documents)


@contextmanager
def _kept() -> Iterator[Kept]:
    """What is kept in this checkout; in one that can only be read, nothing is."""
    folder = ROOT / ".stackbot"
    if os.access(folder, os.W_OK):
        with Kept(folder / _FILE) as kept:
            yield kept
        return
    with (
        tempfile.TemporaryDirectory(prefix="stackbot-") as scratch,
        Kept(Path(scratch, _FILE)) as kept,
    ):
        yield kept


def _converter() -> Path:
    return install.converter(ROOT)
