"""The index is one file: written by scripts, opened by workers, refused where it is damaged."""

import gc
import sqlite3
import threading
import weakref
from pathlib import Path

import pytest

from bot.answering.events import Question, Source
from bot.answering.retrieval.index import Document, Index
from bot.answering.retrieval.index_file import seal
from bot.answering.retrieval.index_writing import write_index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import NO_PERMISSIONS, Audience, Permissions
from bot.answering.retrieval.query import query_of

PASSAGES = [
    Passage(
        Source(
            f"Document {number}", f"{number % 3}.md", ("Größe", f"Part {number}"), "https://x.y"
        ),
        f"What part {number} says of wine. " * 20,
        updated="2026-11-02",
        contact="#help",
        audience=Audience(channels=("C0LEADS",)) if number % 5 == 0 else Audience(),
        language="en",
    )
    for number in range(40)
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "index.sqlite"
    write_index(path, PASSAGES, roots=["knowledge", "handbook"])
    return path


def test_what_is_written_is_what_is_found(path: Path) -> None:
    index = Index.open(path)
    path.unlink()
    (hit,) = index.search(query_of(Question("part 17")), 1)
    assert hit.passage == PASSAGES[17]
    assert index.documents() == [
        Document(f"Document {number}", f"{number}.md", "https://x.y", "2026-11-02", "#help", count)
        for number, count in enumerate((14, 13, 13))
    ]
    assert list(index.sources()) == [passage.source for passage in PASSAGES]
    assert index.roots == ("knowledge", "handbook")


def test_the_same_passages_give_the_same_bytes(path: Path) -> None:
    written = path.read_bytes()
    write_index(path, iter(PASSAGES), roots=["knowledge", "handbook"])
    assert path.read_bytes() == written


@pytest.mark.parametrize("size", [0, 50, 4096, 20_000, -1])
def test_a_file_that_was_cut_is_refused(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match="knowledge index is damaged"):
        Index.open(path)


@pytest.mark.parametrize("at", [24, 70, 300, 5_000, -10])
def test_a_file_with_a_changed_byte_is_refused(path: Path, at: int) -> None:
    written = bytearray(path.read_bytes())
    written[at] ^= 1
    path.write_bytes(written)
    with pytest.raises(ValueError, match="knowledge index is damaged"):
        Index.open(path)


@pytest.mark.parametrize("content", [b"\0" * 8192, b'{"format": "knowledge-index"}' * 9])
def test_what_is_no_index_at_all_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ValueError, match="knowledge index is damaged"):
        Index.open(path)


def test_an_index_that_lacks_a_table_is_refused(path: Path) -> None:
    changed = sqlite3.connect(path)
    changed.execute("DROP TABLE audiences")
    changed.commit()
    changed.close()
    seal(path)
    with pytest.raises(ValueError, match="lacks something"):
        Index.open(path)


def test_an_index_from_before_documents_could_be_public_is_read(path: Path) -> None:
    changed = sqlite3.connect(path)
    changed.execute("ALTER TABLE audiences DROP COLUMN public")
    changed.commit()
    changed.close()
    seal(path)
    query = query_of(Question("part 17"))
    assert Index.open(path).visible_to(NO_PERMISSIONS).search(query, 1)
    assert Index.open(path).visible_to(Permissions(outsiders=True)).search(query, 1) == []


def test_an_index_of_another_version_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 77")
    connection.close()
    with pytest.raises(ValueError, match="of version 77, not 2"):
        Index.open(path)


def test_threads_search_one_index_at_the_same_time(path: Path) -> None:
    index = Index.open(path)
    wrong: list[int] = []

    def search(number: int) -> None:
        for _ in range(20):
            (hit,) = index.search(query_of(Question(f"part {number}")), 1)
            if hit.passage != PASSAGES[number]:
                wrong.append(number)

    threads = [threading.Thread(target=search, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_an_index_that_nobody_uses_any_more_gives_its_file_back(path: Path) -> None:
    index = Index.open(path).visible_to(NO_PERMISSIONS)
    query = query_of(Question("part 17"))
    assert index.search(query, 1)
    assert [index.weight(word) for word in query.words]
    tables = weakref.ref(index.tables)
    gc.disable()  # a worker's disk is small, and the collector comes when it likes
    try:
        del index
        assert tables() is None
    finally:
        gc.enable()
