"""The documents in `knowledge/`, which `local`, `deploy` and `watch` take in by themselves."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bot.answering.model.embeddings import EmbeddingFailedError, Embeddings
from bot.answering.retrieval.index_writing import write_index
from bot.answering.retrieval.passages import Passage, split
from scripts import install
from scripts.aws.cdk import ROOT
from scripts.documents import publishing
from scripts.documents.indexing import building
from scripts.documents.indexing.cache import Cache
from scripts.documents.progress import Progress, silent
from scripts.documents.report import Report
from scripts.documents.sources import gathering
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say

FOLDER = ROOT / "knowledge"
_FILE = "documents.sqlite"


def documents(folder: Path = FOLDER) -> list[Path]:
    """Every file on which the index depends: documents, archives and rules."""
    return gathering.documents(folder)


def build(
    index: Path,
    paths: Sequence[Path],
    progress: Progress = silent,
    embeddings: Embeddings | None = None,
) -> Report:
    """Write the index of PATHs to `index`, with this checkout's cache. Raises `Problem`."""
    try:
        with _cache() as cache:
            return building.build(paths, index, cache, _converter, progress, embeddings)
    except EmbeddingFailedError as error:
        raise Problem(
            f"The embedding endpoint failed ({error}), so nothing was changed. Run it again, or"
            " take embedding_model out of the row in infra/environments.py."
        ) from error


def passages(folder: Path = FOLDER) -> list[Passage]:
    """The passages of the folder's documents. Raises `Problem`."""
    with _cache() as cache:
        return building.passages([folder], cache, _converter)


def index_of(files: Mapping[str, str]) -> bytes:
    """The bytes of an index of Markdown documents by their file names."""
    return passage_index(passage for name in sorted(files) for passage in split(name, files[name]))


def passage_index(passages: Iterable[Passage]) -> bytes:
    """The bytes of an index of passages."""
    with tempfile.TemporaryDirectory(prefix="stackbot-") as scratch:
        path = Path(scratch, "index")
        write_index(path, passages)
        return path.read_bytes()


def upload(s3: Any, bucket: str, embeddings: Embeddings | None = None) -> bool:
    """Have an environment answer from `knowledge/`, unless it answers from something else.

    Prints which documents are left out. False: nothing had to be uploaded.
    """
    made_from = [gathering.root_name(FOLDER)]
    current = publishing.roots(s3, bucket)
    if current not in (None, (), (*made_from,)):
        say(f"  It answers from {', '.join(current or ())}, which ./stackbot ingest brought in.")
        return False
    with tempfile.TemporaryDirectory(prefix="stackbot-") as scratch:
        index = Path(scratch, "index")
        report = build(index, [FOLDER], silent, embeddings)
        for file in report.skipped:
            say(f"  [yellow]![/] {file.name} is left out: {file.why}.")
        return publishing.publish(s3, bucket, index, made_from, report.documents)


@contextmanager
def _cache() -> Iterator[Cache]:
    """The cache of this checkout; where its folder is read-only, one that ends with the block."""
    folder = ROOT / ".stackbot"
    with ExitStack() as stack:
        if not os.access(folder, os.W_OK):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stackbot-")))
        yield stack.enter_context(Cache(folder / _FILE))


def _converter() -> Path:
    return install.converter(ROOT)
