"""Folders of documents, taken in as `./stackbot ingest` does, and the index that comes of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.answering.events import Question
from bot.answering.model.embeddings import Embeddings
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import NO_PERMISSIONS, Permissions
from bot.answering.retrieval.query import query_of
from scripts import install
from scripts.aws.cdk import ROOT
from scripts.documents.indexing.building import build
from scripts.documents.indexing.cache import Cache
from scripts.documents.report import Report
from slack_simulator.scripted_model import ModelServer

Files = Mapping[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Ingested:
    """The report of a run, and the index that it wrote."""

    report: Report
    index: Index

    def find(self, text: str, permissions: Permissions = NO_PERMISSIONS) -> Passage:
        """The best passage on a text."""
        return self.search(text, permissions)[0]

    def search(self, text: str, permissions: Permissions = NO_PERMISSIONS) -> list[Passage]:
        hits = self.index.visible_to(permissions).search(query_of(Question(text)), 40)
        return [hit.passage for hit in hits]

    def of(self, file: str, text: str) -> Passage:
        """The best passage of one document."""
        return next(passage for passage in self.search(text) if passage.source.file == file)

    @property
    def files(self) -> list[str]:
        return [document.file for document in self.index.documents()]

    @property
    def skipped(self) -> dict[str, str]:
        return {file.name: file.why for file in self.report.skipped}


Ingest = Callable[..., Ingested]


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="session")
def converter() -> Path:
    """The Python of the converter's environment."""
    return install.converter(ROOT)


@pytest.fixture
def ingest(tmp_path: Path, converter: Path) -> Ingest:
    """Take in PATHs, with one cache for all runs of a test."""
    return ingesting(tmp_path, converter)


def ingesting(scratch: Path, converter: Path) -> Ingest:
    def take(*paths: Path, embeddings: Embeddings | None = None) -> Ingested:
        index = scratch / "index.sqlite"
        with Cache(scratch / "kept" / "documents.sqlite") as cache:
            report = build(paths, index, cache, lambda: converter, embeddings=embeddings)
        return Ingested(report, Index.open(index))

    return take


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "handbook"
    path.mkdir()
    return path


def write(folder: Path, files: Files) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
