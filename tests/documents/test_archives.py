"""Archives are taken as what exports them packs them, and whatever is hostile in them is not."""

import io
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from scripts.documents.sources import archives
from scripts.terminal.problem import Problem
from tests.documents.conftest import Ingest, write

ID = "0123456789abcdef0123456789abcdef"
OTHER_ID = "fedcba9876543210fedcba9876543210"


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 4, 0, 0, 0)), content)
    return buffer.getvalue()


def tarred(files: Mapping[str, str], links: Mapping[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content.encode())
            archive.addfile(info, io.BytesIO(content.encode()))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return buffer.getvalue()


def test_an_export_of_notion_loses_its_ids_and_keeps_its_links(
    tmp_path: Path, ingest: Ingest
) -> None:
    pages = {
        f"Handbook {ID}.md": (
            f"# Handbook\n\nSee [Parking](Handbook%20{ID}/Parking%20{OTHER_ID}.md)."
        ),
        f"Handbook {ID}/Parking {OTHER_ID}.md": "Visitors park in dock seven.",
        f"Handbook {ID}/Docks {OTHER_ID}.csv": "Dock,Who\n7,Visitors\n",
        f"Handbook {ID}/Docks {OTHER_ID}_all.csv": "Dock,Who\n7,Visitors\n9,Ada\n",
    }
    write(tmp_path, {"export.zip": zipped({"Export-part-1.zip": zipped(pages)})})
    handbook = ingest(tmp_path / "export.zip")
    assert handbook.files == ["Handbook.md", "Handbook/Docks.csv", "Handbook/Parking.md"]
    parking = handbook.find("visitors park dock seven")
    assert parking.source.title == "Parking"
    assert parking.source.url == f"https://www.notion.so/{OTHER_ID}"
    assert parking.updated == "2026-03-04"
    assert "| 9 | Ada |" in handbook.find("Ada").text
    assert ID not in handbook.find("see parking handbook").text


def test_pages_of_one_name_are_told_apart_and_rules_hold_for_both(
    tmp_path: Path, ingest: Ingest
) -> None:
    pages = {f"Pay {ID}.md": "Band seven.", f"Pay {OTHER_ID}.md": "Band eight."}
    rules = '["Pay.md"]\ngroups = ["S0HR"]'
    write(tmp_path, {"export.zip": zipped({**pages, "rules.toml": rules})})
    handbook = ingest(tmp_path / "export.zip")
    assert handbook.files == ["Pay (2).md", "Pay.md"]
    assert handbook.search("band") == []


def test_an_archive_of_a_repository_is_without_the_folder_that_names_the_commit(
    tmp_path: Path, ingest: Ingest
) -> None:
    write(tmp_path, {"r.tar.gz": tarred({"bot-1a2b3c/docs/a.md": "Dock.", "bot-1a2b3c/x.py": "1"})})
    repository = ingest(tmp_path / "r.tar.gz")
    assert repository.files == ["docs/a.md"]
    assert repository.skipped == {"bot-1a2b3c/x.py": "it is no document (.py)"}


def test_of_several_paths_each_names_its_files(tmp_path: Path, ingest: Ingest) -> None:
    write(tmp_path, {"one/a.md": "Dock one.", "two.zip": zipped({"a.md": "Dock two."})})
    assert ingest(tmp_path / "one", tmp_path / "two.zip").files == ["one/a.md", "two.zip/a.md"]


def test_paths_that_lead_out_and_links_are_left_out(tmp_path: Path, ingest: Ingest) -> None:
    outside = tmp_path / "outside.md"
    archive = tarred(
        {"../outside.md": "Out.", "/etc/evil.md": "Out.", "in/a.md": "Dock."},
        {"in/link.md": "/etc/passwd"},
    )
    write(tmp_path, {"x.tgz": archive, "y.zip": zipped({"..\\outside.md": "Out.", "b.md": "Bay."})})
    handbook = ingest(tmp_path / "x.tgz", tmp_path / "y.zip")
    assert handbook.files == ["x.tgz/a.md", "y.zip/b.md"]
    assert set(handbook.skipped.values()) == {
        "its path leads out of the archive",
        "it is a link, or no file",
    }
    assert not outside.exists()


def test_what_swells_beyond_its_limit_is_not_unpacked(tmp_path: Path, ingest: Ingest) -> None:
    bomb = zipped({"bomb.md": "0" * 21_000_000, "a.md": "Dock."})
    liar = zipped({"bomb.md": "0" * 21_000_000, "b.md": "Bay."})
    liar = liar.replace((21_000_000).to_bytes(4, "little"), (999).to_bytes(4, "little"))
    write(tmp_path, {"bomb.zip": bomb, "liar.zip": liar})
    handbook = ingest(tmp_path / "bomb.zip", tmp_path / "liar.zip")
    assert handbook.files == ["bomb.zip/a.md", "liar.zip/b.md"]
    assert handbook.skipped["bomb.zip/bomb.md"] == "it is larger than 20 MB"
    assert "liar.zip/bomb.md" in handbook.skipped


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a full device")
def test_a_full_disk_ends_it_and_is_no_fault_of_the_archive(tmp_path: Path) -> None:
    write(tmp_path, {"x.zip": zipped({"a.md": "Dock."})})
    (tmp_path / "unpacked").mkdir()
    (tmp_path / "unpacked" / "1.md").symlink_to("/dev/full")
    unpacking = archives.Unpacking(tmp_path / "unpacked")
    with pytest.raises(Problem, match=r"no room to unpack a\.md"):
        list(unpacking.members(tmp_path / "x.zip", "x.zip"))


def test_archives_in_archives_end_somewhere(tmp_path: Path, ingest: Ingest) -> None:
    packed = zipped({"deep.md": "Dock."})
    for _ in range(4):
        packed = zipped({"more.zip": packed, "a.md": "Bay."})
    write(tmp_path, {"x.zip": packed})
    assert "more.zip" in ingest(tmp_path / "x.zip").skipped


@pytest.mark.parametrize("suffix", archives.SUFFIXES)
def test_a_damaged_archive_is_reported(tmp_path: Path, ingest: Ingest, suffix: str) -> None:
    write(tmp_path, {f"all/x{suffix}": b"PK\x03\x04 no archive", "all/a.md": "Dock."})
    handbook = ingest(tmp_path / "all")
    assert handbook.files == ["a.md"]
    assert "it is damaged, or no archive" in handbook.skipped.values()


def test_one_member_that_cannot_be_unpacked_takes_no_other_with_it(
    tmp_path: Path, ingest: Ingest
) -> None:
    packed = bytearray(zipped({"a.md": "Dock.", "b.md": "Bay.", "c.md": "Pier."}))
    for sign, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        packed[packed.index(sign) + method] = 9  # Windows' own way with large files
    write(tmp_path, {"all/x.zip": bytes(packed)})
    handbook = ingest(tmp_path / "all")
    assert handbook.files == ["x/b.md", "x/c.md"]
    assert handbook.skipped == {"x/a.md": "it is packed in a way that Python does not know"}


def test_a_date_that_is_none_and_a_name_that_is_no_text_harm_nothing(
    tmp_path: Path, ingest: Ingest
) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, modified in (("a.md", 1 << 60), ("caf\udce9.md", 0)):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = 5, modified
            archive.addfile(info, io.BytesIO(b"Dock."))
    write(tmp_path, {"all/x.tar": buffer.getvalue()})
    (tmp_path / "all" / "na\udcefve.md").write_text("Bay.")
    assert ingest(tmp_path / "all").files == ["na\ufffdve.md", "x/a.md", "x/caf\ufffd.md"]


def test_a_locked_archive_is_reported(tmp_path: Path, ingest: Ingest) -> None:
    archive = bytearray(zipped({"a.md": "Dock."}))
    archive[6] |= 1
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    write(tmp_path, {"all/x.zip": bytes(archive), "all/b.md": "Bay."})
    assert "it is protected with a password" in ingest(tmp_path / "all").skipped.values()
