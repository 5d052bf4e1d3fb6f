"""The limits of a folder hold for whatever part of it is brought in, and in whatever form.

Each test brings in something that a `rules.toml` limits to the user group S0HR: what is then to be
seen without that group is a leak.
"""

import io
import os
import tarfile
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answering.retrieval.permissions import Permissions
from scripts.terminal.problem import Problem
from tests.documents.conftest import Ingest, Ingested, write
from tests.documents.test_archives import tarred, zipped

HR = Permissions(groups=frozenset({"S0HR"}))
PAY = "Band seven."
LEADS = '["leads/"]\ngroups = ["S0HR"]\nurl = "https://wiki.example/"\n'
EVERY_PAGE = '["*.md"]\ngroups = ["S0HR"]\n'
UMLAUT = "F\u00fchrung"


def is_limited(handbook: Ingested) -> bool:
    return handbook.search("band") == [] and handbook.find("band", HR).text == PAY


@pytest.fixture
def handbook(folder: Path) -> Path:
    """A repository whose folder `leads/` is limited by the rules at its root."""
    (folder / ".git").mkdir()
    return write(folder, {"rules.toml": LEADS, "leads/pay.md": PAY, "leads/more/raise.md": PAY})


@pytest.mark.parametrize("inside", ["leads", "leads/more", "leads/pay.md", "leads/more/raise.md"])
def test_what_is_brought_in_by_itself_keeps_the_limits_of_its_repository(
    handbook: Path, ingest: Ingest, inside: str
) -> None:
    ingested = ingest(handbook / inside)
    assert is_limited(ingested)
    assert ingested.report.outer_rules == (f"{handbook}/rules.toml: leads/",)
    assert ingested.report.idle_rules == ()


def test_an_address_above_leads_to_the_same_page_as_ever(handbook: Path, ingest: Ingest) -> None:
    whole = {passage.source.url for passage in ingest(handbook).search("band", HR)}
    alone = {passage.source.url for passage in ingest(handbook / "leads").search("band", HR)}
    assert "https://wiki.example/leads/more/raise.md" in whole | alone
    assert alone == whole


def test_rules_above_hold_for_their_own_path_and_for_no_other(
    handbook: Path, tmp_path: Path, ingest: Ingest
) -> None:
    write(tmp_path, {"elsewhere/leads/dock.md": "Visitors park in dock seven."})
    ingested = ingest(handbook / "leads", tmp_path / "elsewhere")
    assert [passage.source.file for passage in ingested.search("band dock")] == [
        "elsewhere/leads/dock.md"
    ]


def test_rules_above_that_fit_nothing_here_are_no_news(handbook: Path, ingest: Ingest) -> None:
    write(handbook, {"open/dock.md": "Visitors park in dock seven."})
    ingested = ingest(handbook / "open")
    assert (ingested.report.outer_rules, ingested.report.idle_rules) == ((), ())


def test_all_rules_on_the_way_up_hold_and_the_stricter_wins(handbook: Path, ingest: Ingest) -> None:
    write(handbook, {"leads/rules.toml": '["more/"]\ngroups = ["S0HR", "S0ALL"]\n'})
    ingested = ingest(handbook / "leads" / "more")
    assert is_limited(ingested)
    assert ingested.search("band", Permissions(groups=frozenset({"S0ALL"}))) == []
    assert len(ingested.report.outer_rules) == 2


def test_rules_above_the_repository_are_not_its_own(folder: Path, ingest: Ingest) -> None:
    write(folder, {"rules.toml": EVERY_PAGE, "clone/.git/HEAD": "ref", "clone/docs/a.md": PAY})
    assert ingest(folder / "clone" / "docs").find("band").text == PAY


def test_a_repository_in_a_repository_is_part_of_it(handbook: Path, ingest: Ingest) -> None:
    write(handbook, {"leads/.git": "gitdir: ../.git/modules/leads"})
    assert is_limited(ingest(handbook / "leads"))
    assert is_limited(ingest(handbook / "leads" / "more"))


def test_the_rules_of_an_export_without_a_repository_are_found(
    folder: Path, ingest: Ingest
) -> None:
    write(folder, {"rules.toml": LEADS, "leads/deep/down/pay.md": PAY})
    assert is_limited(ingest(folder / "leads" / "deep" / "down"))


def test_the_home_folder_is_no_export(
    folder: Path, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(folder))
    write(folder, {"rules.toml": EVERY_PAGE, "docs/pay.md": PAY})
    assert ingest(folder / "docs").find("band").text == PAY


@pytest.mark.parametrize("rule", ["leads/", "leads/people/", "leads/people.zip"])
def test_an_archive_keeps_the_limits_of_where_it_lies(
    folder: Path, ingest: Ingest, rule: str
) -> None:
    write(folder, {"rules.toml": f'["{rule}"]\ngroups = ["S0HR"]\n'})
    write(folder, {"leads/people.zip": zipped({"people-main/pay.md": PAY})})
    assert is_limited(ingest(folder))
    assert is_limited(ingest(folder / "leads"))
    assert is_limited(ingest(folder / "leads" / "people.zip"))


def test_a_link_to_a_folder_has_the_limits_of_both_places(
    handbook: Path, tmp_path: Path, ingest: Ingest
) -> None:
    (tmp_path / "shortcut").symlink_to(handbook / "leads")
    assert is_limited(ingest(tmp_path / "shortcut"))
    write(tmp_path, {"docs/rules.toml": LEADS, "share/pay.md": PAY})
    (tmp_path / "docs" / "leads").symlink_to(tmp_path / "share")
    assert is_limited(ingest(tmp_path / "docs" / "leads"))


def test_a_relative_path_finds_the_rules_above_it(
    handbook: Path, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(handbook / "leads")
    assert is_limited(ingest(Path()))
    assert is_limited(ingest(Path("more")))
    assert is_limited(ingest(Path("../leads/pay.md")))


@pytest.mark.parametrize("rules", ["[people", '["leads/"]\ngroups = "HR"', b"\xff\xfe\0"])
def test_rules_above_that_cannot_be_understood_stop_it(
    handbook: Path, ingest: Ingest, rules: str | bytes
) -> None:
    write(handbook, {"rules.toml": rules})
    with pytest.raises(Problem, match=r"handbook/rules\.toml cannot be understood"):
        ingest(handbook / "leads")


def test_rules_above_that_lead_nowhere_stop_it(handbook: Path, ingest: Ingest) -> None:
    (handbook / "rules.toml").unlink()
    (handbook / "rules.toml").symlink_to("nowhere.toml")
    for path in (handbook, handbook / "leads", handbook / "leads" / "pay.md"):
        with pytest.raises(Problem, match="Nothing was taken in"):
            ingest(path)


def test_rules_that_are_a_link_hold(handbook: Path, tmp_path: Path, ingest: Ingest) -> None:
    (handbook / "rules.toml").rename(tmp_path / "shared.toml")
    (handbook / "rules.toml").symlink_to(tmp_path / "shared.toml")
    assert is_limited(ingest(handbook))
    assert is_limited(ingest(handbook / "leads"))


@pytest.mark.parametrize("name", ["Rules.toml", "RULES.TOML"])
def test_rules_hold_however_their_name_is_written(folder: Path, ingest: Ingest, name: str) -> None:
    write(folder, {name: LEADS, "leads/pay.md": PAY})
    assert is_limited(ingest(folder))
    assert is_limited(ingest(folder / "leads"))
    write(folder, {"all.zip": zipped({name: EVERY_PAGE, "pay.md": PAY})})
    assert is_limited(ingest(folder / "all.zip"))


APART = unicodedata.normalize("NFD", UMLAUT)


@pytest.mark.parametrize(("name", "spelling"), [(UMLAUT, APART), (APART, UMLAUT)])
def test_an_umlaut_is_the_same_however_a_system_writes_it(
    folder: Path, ingest: Ingest, name: str, spelling: str
) -> None:
    """macOS takes letters apart in names of files, and so do the archives that it packs."""
    write(folder, {"rules.toml": f'["{name}/"]\ngroups = ["S0HR"]\n', f"{spelling}/pay.md": PAY})
    assert is_limited(ingest(folder))
    assert is_limited(ingest(folder / spelling))


def test_a_name_that_an_archive_does_not_mark_as_utf8_is_read_as_it(
    folder: Path, ingest: Ingest
) -> None:
    """macOS packs UTF-8 without the flag that says so: bit 11, 4.4.4 of PKWARE's APPNOTE.TXT."""
    packed = bytearray(zipped({f"{UMLAUT}/pay.md": PAY, "dock.md": "Visitors park."}))
    packed[7] &= ~0x08
    packed[packed.index(b"PK\x01\x02") + 9] &= ~0x08
    write(folder, {"rules.toml": f'["{UMLAUT}/"]\ngroups = ["S0HR"]\n', "all.zip": bytes(packed)})
    assert is_limited(ingest(folder))


def test_a_name_of_notions_may_stand_in_a_rule_with_its_id(folder: Path, ingest: Ingest) -> None:
    name = "People 0123456789abcdef0123456789abcdef"
    write(folder, {"rules.toml": f'["{name}/"]\ngroups = ["S0HR"]\n', f"{name}/pay.md": PAY})
    assert is_limited(ingest(folder))


def _encrypted() -> bytes:
    packed = bytearray(zipped({"rules.toml": EVERY_PAGE, "pay.md": PAY}))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


def _damaged() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("rules.toml", EVERY_PAGE)
        archive.writestr("pay.md", PAY)
    return buffer.getvalue().replace(b"S0HR", b"S0HQ", 1)  # its checksum is wrong now


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("x.zip", _encrypted()),
        ("x.zip", _damaged()),
        ("x.tgz", tarred({"pay.md": PAY}, {"rules.toml": "/etc/rules.toml"})),
    ],
    ids=["locked", "damaged", "a link"],
)
def test_rules_in_an_archive_that_cannot_be_read_stop_it(
    folder: Path, ingest: Ingest, name: str, packed: bytes
) -> None:
    write(folder, {name: packed, "dock.md": "Visitors park."})
    for path in (folder, folder / name):
        with pytest.raises(Problem, match=r"rules\.toml cannot be read: .+ Nothing was taken in"):
            ingest(path)


def test_an_archive_that_breaks_off_before_its_rules_is_left_out_whole(
    folder: Path, ingest: Ingest
) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for member, content in (("pay.md", PAY), ("z/rules.toml", EVERY_PAGE)):
            info = tarfile.TarInfo(member)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content.encode()))
    write(folder, {"x.tar": buffer.getvalue()[:1_200], "dock.md": "Visitors park."})
    ingested = ingest(folder)
    assert ingested.files == ["dock.md"]
    assert "it is damaged, or no archive" in ingested.skipped.values()


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A folder whose rules are there, and may not be read."""
    folder = write(tmp_path / "closed", {"rules.toml": EVERY_PAGE, "leads/pay.md": PAY})
    (folder / "rules.toml").chmod(0)
    yield folder
    (folder / "rules.toml").chmod(0o600)


def test_rules_above_that_may_not_be_read_stop_it(closed: Path, ingest: Ingest) -> None:
    if os.access(closed / "rules.toml", os.R_OK):  # root reads all: a folder is unreadable to it
        (closed / "rules.toml").unlink()
        (closed / "rules.toml").mkdir()
    with pytest.raises(Problem, match="Nothing was taken in"):
        ingest(closed / "leads")
