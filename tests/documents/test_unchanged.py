"""What has not changed is not done again; what is gone is gone; what says the same is said once."""

import os
import subprocess
from pathlib import Path

import pytest

from bot.answering.model.embeddings import Embeddings, EmbeddingSettings
from scripts.documents.reading import converting
from scripts.documents.reading.converting import convert
from scripts.documents.sources.documents import DocumentFile
from slack_simulator.scripted_model import ModelServer
from tests.documents.conftest import Ingest, ingesting, write
from tests.pdfs import pdf

DOCK = "Visitors park in dock seven."
RULES = (
    "Whoever visits us signs in at the desk, gets a badge, and is met by somebody of ours. The"
    " badge goes back in the evening. Cars stand in the yard behind the house. The gate is open in"
    " the daytime; {} Bicycles have a shed of their own beside the entrance, and a pump."
)


def test_a_second_run_asks_for_no_converter(folder: Path, tmp_path: Path, ingest: Ingest) -> None:
    ingest(write(folder, {"parking.md": DOCK, "bays.pdf": pdf("Bay nine is for deliveries.")}))
    nothing = ingesting(tmp_path, tmp_path / "no-converter")
    assert nothing(folder).report.unchanged == 2


def test_changes_and_deletions_are_followed(folder: Path, ingest: Ingest) -> None:
    write(folder, {"parking.md": DOCK, "bays.pdf": pdf("Bay nine is for deliveries."), "c.md": "C"})
    first = ingest(folder)
    assert (first.report.documents, first.report.unchanged) == (3, 0)
    second = ingest(folder)
    assert (second.report.documents, second.report.unchanged) == (3, 3)
    assert second.find("deliveries").text == first.find("deliveries").text
    (folder / "bays.pdf").unlink()
    third = ingest(write(folder, {"parking.md": DOCK.replace("seven", "twelve")}))
    assert (third.report.documents, third.report.unchanged) == (2, 1)
    assert third.files == ["c.md", "parking.md"]
    assert "twelve" in third.find("dock").text
    assert all(passage.source.file != "bays.pdf" for passage in third.search("deliveries bay nine"))


def test_the_same_documents_make_the_same_index(
    folder: Path, tmp_path: Path, converter: Path, ingest: Ingest
) -> None:
    write(folder, {f"{number}.md": f"# Bay {number}\n\n{DOCK}" for number in range(9)})
    (tmp_path / "anew").mkdir()
    ingest(folder)
    ingesting(tmp_path / "anew", converter)(folder)
    indexes = [(tmp_path / below / "index.sqlite").read_bytes() for below in ("", "anew")]
    assert indexes[0] == indexes[1]


def test_where_nothing_has_changed_the_index_is_there_already(
    folder: Path, tmp_path: Path, ingest: Ingest
) -> None:
    ingest(write(folder, {"parking.md": DOCK, "empty.md": "", "key.md": "password: x7Kq!zz81pQ"}))
    (cached,) = (tmp_path / "kept" / "indexes").iterdir()
    before = (tmp_path / "index.sqlite").read_bytes()
    again = ingest(folder)
    assert (again.report.documents, again.report.unchanged) == (2, 2)
    assert again.skipped == {"empty.md": "it is empty"}
    assert [leak.file for leak in again.report.leaked] == ["key.md"]
    assert (tmp_path / "index.sqlite").read_bytes() == before
    assert [*cached.parent.iterdir()] == [cached]
    for number in range(5):
        ingest(write(folder, {"parking.md": f"{DOCK} {number}"}))
    assert len([*cached.parent.iterdir()]) == 3


def test_vectors_are_asked_for_once(folder: Path, ingest: Ingest, model: ModelServer) -> None:
    messages: list[str] = []
    by = Embeddings(EmbeddingSettings("scripted", model.url), messages.append)
    ingest(write(folder, {"parking.md": DOCK, "bays.md": "Bay nine."}), embeddings=by)
    again = ingest(write(folder, {"bays.md": "Bay ten."}), embeddings=by)
    assert [len(request["input"]) for request in model.requests] == [2, 1]
    assert again.index.embedding_model == "scripted"


def test_a_damaged_cache_is_made_anew(folder: Path, tmp_path: Path, ingest: Ingest) -> None:
    ingest(write(folder, {"parking.md": DOCK}))
    (tmp_path / "kept" / "documents.sqlite").write_bytes(b"no database")
    assert ingest(folder).report.unchanged == 0


def test_a_cache_that_is_damaged_further_in_is_made_anew(
    folder: Path, tmp_path: Path, ingest: Ingest
) -> None:
    ingest(write(folder, {f"{number}.md": f"# Bay {number}\n\n{DOCK}" for number in range(99)}))
    with (tmp_path / "kept" / "documents.sqlite").open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(4096)
        file.write(b"\x55" * (size - 4096))
    assert ingest(folder).report.unchanged == 0
    assert ingest(folder).report.unchanged == 99


def test_an_index_that_is_damaged_where_it_is_kept_is_made_anew(
    folder: Path, tmp_path: Path, ingest: Ingest
) -> None:
    ingest(write(folder, {"parking.md": DOCK}))
    (cached,) = (tmp_path / "kept" / "indexes").iterdir()
    cached.write_bytes(cached.read_bytes()[:-9])
    assert ingest(folder).find("dock").text == DOCK


def test_dates_are_those_of_git_and_of_the_file_where_it_has_changed(
    folder: Path, ingest: Ingest
) -> None:
    write(folder, {"old.md": "Old bay.", "new.md": "New bay.", "changed.md": "Bay."})
    author = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com"}
    committer = {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com"}
    day = {"GIT_COMMITTER_DATE": "2024-02-03T12:00:00Z", "GIT_AUTHOR_DATE": "2024-02-03T12:00:00Z"}
    for command in (("init", "-q"), ("add", "old.md", "changed.md"), ("commit", "-qm", "Bays")):
        subprocess.run(
            ["git", *command],
            cwd=folder,
            check=True,
            env={**os.environ, **author, **committer, **day},
        )
    write(folder, {"changed.md": "Another bay."})
    for name in ("new.md", "changed.md"):
        os.utime(folder / name, (1_700_000_000, 1_700_000_000))
    dates = {passage.source.file: passage.updated for passage in ingest(folder).search("bay")}
    assert dates == {"old.md": "2024-02-03", "new.md": "2023-11-14", "changed.md": "2023-11-14"}


def test_copies_are_folded_and_the_newest_is_kept(folder: Path, ingest: Ingest) -> None:
    old, new = RULES.format("the gate closes late."), RULES.format("the gates close late.")
    handbook = ingest(
        write(
            folder,
            {
                "a.md": f"---\nupdated: 2024-01-01\n---\n# Visitors\n\n{old}",
                "b.md": f"---\nupdated: 2026-01-01\n---\n# Visitors 2026\n\n{new}",
                "c.md": f"---\nupdated: 2025-01-01\n---\n# Copy\n\n{old.upper()}",
            },
        )
    )
    assert [passage.source.title for passage in handbook.search("badge")] == ["Visitors 2026"]
    assert handbook.report.folded == 2


@pytest.mark.parametrize(
    ("claim", "contradiction"),
    [
        ("it closes at 20:00.", "it closes at 22:00."),
        ("it closes on Monday.", "it closes on Friday."),
        ("smoking is allowed.", "smoking is not allowed."),
        ("parking is allowed.", "parking is disallowed."),
        ("ask Ada for a key.", "ask Bob for a key."),
    ],
)
def test_what_contradicts_stays(
    folder: Path, ingest: Ingest, claim: str, contradiction: str
) -> None:
    handbook = ingest(
        write(folder, {"a.md": RULES.format(claim), "b.md": RULES.format(contradiction)})
    )
    assert len(handbook.search("badge")) == 2


def test_the_same_for_others_or_under_another_heading_stays(folder: Path, ingest: Ingest) -> None:
    text = RULES.format("the gate closes late.")
    handbook = ingest(
        write(
            folder,
            {
                "a.md": text,
                "b.md": f"---\nchannels: [C0GENERAL]\n---\n{text}",
                "c.md": f"# C\n\n## Suppliers\n\n{text}",
                "short.md": "Ask Ada.",
                "shorter.md": "Ask Ada.",
            },
        )
    )
    assert handbook.report.folded == 0


def test_a_converter_that_hangs_or_dies_is_replaced(tmp_path: Path, folder: Path) -> None:
    """One that answers as the name of the file says."""
    fake = tmp_path / "python"
    answer = """echo '{"markdown": "Dock.", "title": ""}'"""
    cases = f"case $line in\n*stuck*) exec sleep 60;;\n*crash*) exit 9;;\n*) {answer};;\nesac"
    fake.write_text(f"#!/bin/sh\nwhile read -r line; do\n{cases}\ndone\n")
    fake.chmod(0o755)
    names = ["a.pdf", "stuck.pdf", "b.pdf", "crash.pdf", "c.pdf", "d.pdf"]
    write(folder, dict.fromkeys(names, "x"))
    files = [DocumentFile(name, folder / name, ".pdf") for name in names]
    reasons = {file.name: answer.get("why", "") for file, answer in convert(files, fake, 1.0)}
    assert {name for name, why in reasons.items() if not why} == {
        "a.pdf",
        "b.pdf",
        "c.pdf",
        "d.pdf",
    }
    assert (reasons["stuck.pdf"], reasons["crash.pdf"]) == converting.TRANSIENT


def test_what_is_kept_of_documents_is_for_whoever_brought_them_in_alone(
    folder: Path, tmp_path: Path, ingest: Ingest
) -> None:
    ingest(write(folder, {"pay.md": "Band seven."}))
    cached = [path for path in (tmp_path / "kept").iterdir() if path.name != "documents.lock"]
    assert {path.name for path in cached} >= {"documents.sqlite", "indexes"}
    assert [path.name for path in cached if path.stat().st_mode & 0o077] == []
