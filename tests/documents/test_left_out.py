"""What cannot be taken in is said and is never fatal; secrets and what nobody may see stay out."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.answering.retrieval.permissions import Permissions
from scripts.documents.sources.gathering import gather
from scripts.terminal.problem import Problem
from tests.documents.conftest import Ingest, write
from tests.pdfs import pdf

HR = Permissions(groups=frozenset({"S0HR"}))
DOCK = "Visitors park in dock seven."
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


UNREADABLE: dict[str, tuple[str | bytes, str]] = {
    "empty.md": ("", "it is empty"),
    "cells.csv": (",,\n,,\n", "it is empty"),
    "blank.md": (" \n\n", "it is empty"),
    "bare.md": ("# Title\n\n## Part\n", "it holds nothing but headings"),
    "binary.txt": (b"\0\1\2" * 99, "it holds no text"),
    "broken.pdf": (b"%PDF-1.7 no more", "it is damaged, or not what its name says"),
    "locked.pdf": (pdf("Dock.", password="not-a-secret"), "it is protected with a password"),
    "scanned.pdf": (pdf("", ""), "its pages are pictures without text"),
    "locked.docx": (OLD_OFFICE, "it is protected with a password"),
    "old.doc": (OLD_OFFICE, "it is of an old kind of Office: save it as .docx"),
    "photo.png": (b"\x89PNG", "it is no document (.png)"),
    "huge.md": (b"x" * (20 * 1024 * 1024 + 1), "it is larger than 20 MB"),
}


def test_what_cannot_be_read_is_said_and_the_rest_is_taken(folder: Path, ingest: Ingest) -> None:
    write(folder, {name: content for name, (content, _) in UNREADABLE.items()})
    handbook = ingest(write(folder, {"parking.md": DOCK}))
    assert handbook.skipped == {name: why for name, (_, why) in UNREADABLE.items()}
    assert handbook.files == ["parking.md"]


def test_what_is_odd_is_taken_as_far_as_it_goes(folder: Path, ingest: Ingest) -> None:
    odd = {
        "half.md": '---\ntitle: "Dock \\uD83D"\n---\nHalf a character.',
        "date.html": "<p>Last week: last modified on Foo 12, 2026.</p>",
        "ragged.csv": "City,Price\nRome\nOslo,9,more\n",
        "comment.md": "One <!-- not seen --> and <!-- two.",
    }
    handbook = ingest(write(folder, odd))
    assert handbook.skipped == {}
    assert handbook.of("half.md", "half character").source.title == "Dock ?"
    assert "| City | Price |  |\n|---|---|---|\n| Rome |\n" in handbook.find("Rome").text
    assert handbook.find("two").text == "One  and <!-- two."


def test_a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), {"people/pay.md": "Band seven.", "parking.md": DOCK})
        folder.chmod(0o755)
        (folder / "people").chmod(0)
        with as_nobody(), pytest.raises(Problem, match="people cannot be read: Permission denied"):
            gather([folder], tmp_path)
        (folder / "people").chmod(0o700)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything, so be somebody else."""
    user = os.geteuid()
    os.seteuid(65_534 if user == 0 else user)
    try:
        yield
    finally:
        os.seteuid(user)


def test_hidden_files_and_links_are_none_of_ours(folder: Path, ingest: Ingest) -> None:
    write(folder.parent, {"private.md": "Out."})
    write(folder, {".git/a.md": "Git.", "parking.md": DOCK, "__MACOSX/parking.md": "x"})
    (folder / "link.md").symlink_to(folder.parent / "private.md")
    (folder / "other name.md").symlink_to(folder / "parking.md")
    handbook = ingest(folder)
    assert (handbook.files, handbook.skipped) == (["parking.md"], {})


def test_secrets_are_told_by_their_place_and_left_out(folder: Path, ingest: Ingest) -> None:
    secrets = [
        "AKIA" + "QWERTYUIOPASDFGH",
        "ghp_" + "a1B2" * 9,
        "xoxb-" + "123456789012-abcdefGHIJkl",
        "sk-proj-" + "Ab3_" * 10,
        "hunter2!Zq8xx",
    ]
    text = "# Access\n\nkey {}\n\n`{}` and {}\n\n```\n{}\n```\n\nThe password: {}\n".format(
        *secrets
    )
    key = "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIE\nabc\n-----END RSA PRIVATE " + "KEY-----"
    handbook = ingest(
        write(folder, {"a.md": text, "b.md": f"Dock.\n\n{key}\n\nBay.", "c.md": DOCK})
    )
    assert [(leak.file, leak.line) for leak in handbook.report.leaked] == [
        *(("a.md", line) for line in (3, 5, 5, 8, 11)),
        ("b.md", 3),
    ]
    indexed = " ".join(passage.text for passage in handbook.search("key password dock bay"))
    assert indexed.count("[secret left out]") == 6
    assert not any(secret in indexed or secret in str(handbook.report) for secret in secrets)
    assert "MIIE" not in indexed


@pytest.mark.parametrize(
    "text",
    [
        "password: changeme",
        "OPENAI_API_KEY=…",
        "token: ${GITHUB_TOKEN}",
        "The password must have 8 characters.",
        "AKIAIOSFODNN7EXAMPLE",
        "postgres://user:password@db",
        "token=xxxxxxxxxxxx1",
    ],
)
def test_what_only_looks_like_a_secret_stays(folder: Path, ingest: Ingest, text: str) -> None:
    handbook = ingest(write(folder, {"a.md": text}))
    assert handbook.report.leaked == ()


def test_front_matter_says_whom_it_is_for_and_where_it_is(folder: Path, ingest: Ingest) -> None:
    front = (
        "groups: [S0HR]\nurl: https://wiki.example.com/pay\ncontact: '#people'\n"
        "updated: 2026-05-06\ntitle: Pay bands\nowner: Ada"
    )
    handbook = ingest(write(folder, {"pay.md": f"---\n{front}\n---\n# Pay\n\nBand seven."}))
    assert handbook.search("band") == []
    passage = handbook.find("band", HR)
    assert (passage.source.title, passage.source.url) == (
        "Pay bands",
        "https://wiki.example.com/pay",
    )
    assert (passage.updated, passage.contact, passage.text) == (
        "2026-05-06",
        "#people",
        "Band seven.",
    )
    assert handbook.report.limited == 1


@pytest.mark.parametrize(
    ("front", "why"),
    [
        ("groups: [S0HR", "its front matter is no YAML"),
        ("groups: " + "[" * 3_000, "its front matter is no YAML"),
        ("groups: []", "groups is not a list of ids"),
        ("groups:", "groups is not a list of ids"),
        ("groups: '@people'", "groups holds '@people'"),
        ("channels: ['#people']", "channels holds '#people'"),
        ("group: S0HR", "it says 'group' where 'groups' is meant"),
        ("Channels: C0HR", "it says 'Channels' where 'channels' is meant"),
        ("groups S0HR", "its front matter is no list of keys and values"),
        ("url: javascript:x", "url is no https:// address"),
        ("updated: yesterday", "updated is no date"),
        ("contact: [a]", "contact is not one line of text"),
        ("public: '@partners'", "public is neither true nor false"),
        ("Public: false", "it says 'Public' where 'public' is meant"),
    ],
)
def test_a_slip_in_front_matter_leaves_the_document_out(
    folder: Path, ingest: Ingest, front: str, why: str
) -> None:
    handbook = ingest(write(folder, {"pay.md": f"---\n{front}\n---\nBand seven.", "a.md": DOCK}))
    assert handbook.files == ["a.md"]
    assert handbook.skipped["pay.md"].startswith(why)


OUTSIDE = Permissions(outsiders=True)
OUTSIDE_WHERE_ALL_IS_PUBLIC = Permissions(outsiders=True, unmarked_public=True)


def test_outsiders_get_what_is_marked_public_and_never_what_is_marked_otherwise(
    folder: Path, ingest: Ingest
) -> None:
    rules = """
        ["open/"]
        public = true

        ["open/closed.md"]
        public = false
    """
    files = {
        "rules.toml": rules,
        "own.md": "---\npublic: true\n---\nThe dock of own.",
        "plain.md": "The dock of plain.",
        "open/folder.md": "The dock of folder.",
        "open/closed.md": "---\npublic: true\n---\nThe dock of closed.",
        "open/limited.md": "---\ngroups: [S0HR]\n---\nThe dock of limited.",
        "notes.md": "---\npublished: true\n---\nThe dock of notes.",
    }
    handbook = ingest(write(folder, files))

    def seen_by(permissions: Permissions) -> set[str]:
        return {
            passage.source.file.split("/")[-1] for passage in handbook.search("dock", permissions)
        }

    assert seen_by(Permissions()) == {"own.md", "plain.md", "folder.md", "closed.md", "notes.md"}
    assert seen_by(OUTSIDE) == {"own.md", "folder.md"}
    assert seen_by(OUTSIDE_WHERE_ALL_IS_PUBLIC) == {"own.md", "plain.md", "folder.md", "notes.md"}
    assert handbook.report.limited == 1


def test_front_matter_holds_below_an_empty_line(folder: Path, ingest: Ingest) -> None:
    handbook = ingest(write(folder, {"pay.md": "\n---\ngroups: [S0HR]\n---\nBand seven."}))
    assert handbook.search("band") == []
    assert handbook.find("band", HR).text == "Band seven."


def test_front_matter_without_an_end_leaves_the_document_out(folder: Path, ingest: Ingest) -> None:
    handbook = ingest(write(folder, {"pay.md": "---\ngroups: [S0HR]\n\nBand seven."}))
    assert handbook.skipped == {"pay.md": "its front matter has no end: a line of --- alone"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pay.rst", "Pay\n===\n\nBand seven.\n"),
        ("pay.html", "<html><body><h1>Pay</h1><p>Band seven.</p></body></html>"),
    ],
)
def test_front_matter_holds_in_whatever_text_it_is_written(
    folder: Path, ingest: Ingest, name: str, text: str
) -> None:
    handbook = ingest(write(folder, {name: f"---\ngroups: [S0HR]\n---\n{text}", "a.md": DOCK}))
    assert handbook.search("band") == []
    assert handbook.find("band", HR).source.file == name
    slip = ingest(write(folder, {name: f"---\ngroup: [S0HR]\n---\n{text}"}))
    assert "it says 'group' where 'groups' is meant" in slip.skipped[name]


def test_rules_say_it_for_many_documents_and_the_stricter_wins(
    folder: Path, ingest: Ingest
) -> None:
    rules = """
        ["**"]
        url = "https://wiki.example.com/"
        contact = "#it-help"

        ["people/"]
        groups = ["S0HR", "S0LEADS"]
        contact = "#people"

        ["nowhere/*.md"]
        channels = ["C0X"]
    """
    opened = "---\ngroups: [S0HR, S0ALL]\n---\nBand eight."
    handbook = ingest(
        write(
            folder,
            {
                "rules.toml": rules,
                "people/pay bands.md": "Band seven.",
                "people/more.md": opened,
                "people/closed.md": "---\nchannels: [C0GENERAL]\n---\nBand nine.",
                "parking.md": DOCK,
            },
        )
    )
    assert [passage.source.file for passage in handbook.search("band dock")] == ["parking.md"]
    pay = handbook.find("band seven", HR)
    assert pay.source.url == "https://wiki.example.com/people/pay%20bands.md"
    assert pay.contact == "#people"
    assert handbook.find("dock").contact == "#it-help"
    everyone, leads = (Permissions(groups=frozenset({group})) for group in ("S0ALL", "S0LEADS"))
    assert "Band eight." not in [passage.text for passage in handbook.search("band", everyone)]
    assert "Band eight." not in [passage.text for passage in handbook.search("band", leads)]
    assert "Band eight." in [passage.text for passage in handbook.search("band", HR)]
    assert "none is by another" in handbook.skipped["people/closed.md"]
    assert handbook.report.idle_rules == ("rules.toml: nowhere/*.md",)


@pytest.mark.parametrize(
    "rules", ["[people", '["people/"]\ngroups = "HR"', "people = 1", '["!people"]\nurl = "x"']
)
def test_with_half_of_the_rules_nothing_is_taken_in(
    folder: Path, ingest: Ingest, rules: str
) -> None:
    with pytest.raises(Problem, match=r"rules\.toml cannot be understood: .+ Nothing was taken in"):
        ingest(write(folder, {"rules.toml": rules, "people/pay.md": "Band seven."}))


def test_rules_hold_for_what_is_in_an_archive_beside_them(folder: Path, ingest: Ingest) -> None:
    from tests.documents.test_archives import zipped

    packed = zipped({"pay.md": "Band seven.", "rules.toml": '["*.md"]\ngroups = ["S0HR"]'})
    handbook = ingest(write(folder, {"people.zip": packed, "parking.md": DOCK}))
    assert handbook.search("band") == []
    assert handbook.find("band", HR).source.file == "people/pay.md"


RULE = '["*.md"]\ngroups = ["S0HR"]'


@pytest.mark.parametrize(
    "files",
    [
        {"people/rules.toml": RULE, "people/pay.md": "Band seven."},
        {"a/rules.toml": RULE, "a.zip": {"rules.toml": "", "pay.md": "Band seven."}},
        {"all.zip": {"rules.toml": '["people/"]\ngroups = ["S0HR"]', "people/x.zip": "inner"}},
        {"rules.toml": '["v1.2/"]\ngroups = ["S0HR"]', "v1.2/a.zip": {"pay.md": "Band seven."}},
    ],
    ids=["below", "beside", "inner archive", "folder with a dot"],
)
def test_rules_hold_wherever_they_and_the_documents_are(
    folder: Path, ingest: Ingest, files: dict[str, str | dict[str, str]]
) -> None:
    from tests.documents.test_archives import zipped

    inner = zipped({"pay.md": "Band seven."})
    for name, content in files.items():
        packed = (
            content
            if isinstance(content, str)
            else zipped(
                {member: inner if text == "inner" else text for member, text in content.items()}
            )
        )
        write(folder, {name: packed})
    handbook = ingest(folder)
    assert handbook.search("band") == []
    assert handbook.find("band", HR).text == "Band seven."


def test_rules_of_two_folders_of_one_name_hold_for_both(tmp_path: Path, ingest: Ingest) -> None:
    write(tmp_path, {"a/docs/rules.toml": RULE, "a/docs/pay.md": "Band seven."})
    write(tmp_path, {"b/docs/rules.toml": '["*.md"]\ncontact = "#b"', "b/docs/b.md": DOCK})
    handbook = ingest(tmp_path / "a" / "docs", tmp_path / "b" / "docs")
    assert handbook.search("band dock") == []


def test_rules_hold_for_a_file_that_is_named_alone(folder: Path, ingest: Ingest) -> None:
    write(folder, {"rules.toml": RULE, "pay.md": "Band seven.", "bay.md": DOCK})
    assert ingest(folder / "pay.md").search("band") == []
    assert ingest(folder / "pay.md", folder / "bay.md").search("band dock") == []


def test_rules_without_their_folder_are_refused(folder: Path, ingest: Ingest) -> None:
    write(folder, {"rules.toml": RULE, "pay.md": "Band seven."})
    with pytest.raises(Problem, match="name the folder, so that its rules hold"):
        ingest(folder / "pay.md", folder / "rules.toml")
