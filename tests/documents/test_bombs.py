"""Small files that unfold into gigabytes, or into more than Python takes: each is left out by name.

A handbook of them and one good document is taken in, in a process that may hold 3 GB of addresses;
without the limits it ends by MemoryError, or takes minutes.
"""

import resource
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from scripts.documents.sources.documents import RulesFile
from scripts.documents.sources.rules import Rules
from scripts.terminal.problem import Problem
from tests.documents.conftest import Ingest, write
from tests.office import docx, pptx, rezipped, xlsx

DOCK = "Visitors park in dock seven."
NO_YAML = "its front matter is no YAML"
WRITE_IT_OUT = "its front matter repeats a part by *a: write it out"


def _nested(form: str) -> str:
    """Eight levels, of which each repeats the one before nine times."""
    names = "abcdefghi"
    levels = [
        f"{name}: &{name} " + form.format(", ".join([f"*{before}"] * 9))
        for before, name in pairwise(names)
    ]
    return "\n".join(levels)


FRONT = {
    # "Billion laughs", as every YAML parser's tests have it, and the same by merge keys.
    "laughs.md": (f"a: &a [lol, lol]\n{_nested('[{}]')}\nchannels: *i", WRITE_IT_OUT),
    "merged.md": (f"a: &a {{x: 1}}\n{_nested('{{<<: [{}]}}')}", WRITE_IT_OUT),
    "itself.md": ("channels: &a [*a]", WRITE_IT_OUT),
    "deep.md": (f"a: {'[' * 5_000}", NO_YAML),
    "wide.md": ("a: b\n" * 20_000, "its front matter is larger than 64 KB"),
    "number.md": (f"title: {'9' * 5_000}", NO_YAML),
    "hexadecimal.md": (f"title: 0x{'f' * 5_000}", "title is not one line of text"),
    "ids.md": (f"channels: [0x{'f' * 5_000}]", "channels holds a very long number, and takes"),
    "sixties.md": (f"title: 1{':59' * 5_000}.5", NO_YAML),
    "infinite.md": ("title: .inf", "title is not one line of text"),
    "before-time.md": ("updated: 0001-01-01T00:00:00+99:99", NO_YAML),
    "python.md": ("title: !!python/object/apply:os.getcwd []", f"{NO_YAML}, line 2"),
}


@pytest.fixture
def _memory() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (3 * 1024**3, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.usefixtures("_memory")
def test_a_bomb_in_front_matter_leaves_its_document_out_and_no_other(
    folder: Path, ingest: Ingest
) -> None:
    bombs = {name: f"---\n{front}\n---\n# Pay\n\nBands." for name, (front, _) in FRONT.items()}
    handbook = ingest(write(folder, {**bombs, "parking.md": DOCK}))
    assert handbook.files == ["parking.md"]
    assert handbook.skipped.keys() == FRONT.keys()
    assert [
        name for name, (_, why) in FRONT.items() if not handbook.skipped[name].startswith(why)
    ] == []


def test_what_is_repeated_in_front_matter_may_be_a_single_value(
    folder: Path, ingest: Ingest
) -> None:
    front = "owner: &who '#people'\ncontact: *who\ntags: &all [pay, bands]"
    handbook = ingest(write(folder, {"pay.md": f"---\n{front}\n---\nBand seven."}))
    assert handbook.skipped == {}
    assert handbook.find("band").contact == "#people"


@pytest.mark.usefixtures("_memory")
@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (f"a = {'[' * 3_000}", "maximum recursion depth exceeded"),
        ("[" + ".".join("a" * 100_000) + "]", "a line of it is longer than 4000 characters"),
        ("# So be it.\n" * 30_000, "it is larger than 256 KB"),
        (f'["a.md"]\ncontact = 0x{"f" * 3_900}', "a.md: contact is not one line of text"),
        (f'["a.md"]\ngroups = [0x{"f" * 3_900}]', "a.md: groups holds a very long number"),
        ('["a.md"]\nupdated = 2026-99-99', "line 2"),
    ],
)
def test_a_bomb_in_rules_ends_it_in_a_sentence(tmp_path: Path, rules: str, why: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(rules)
    with pytest.raises(Problem, match=r"^rules\.toml cannot be understood: ") as raised:
        Rules.read([RulesFile("", path)])
    assert why in str(raised.value)


def test_a_bomb_in_an_office_file_leaves_it_out_and_no_other(folder: Path, ingest: Ingest) -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    elsewhere = f'<!DOCTYPE x [<!ENTITY j SYSTEM "{Path(__file__).as_uri()}">]>'

    def with_entities(document: bytes, member: str, head: str) -> bytes:
        changed = {member: lambda xml: head.encode() + xml.replace(b"Dock", b"&j;")}
        return rezipped(document, changed)

    bombs = {
        "laughs.docx": with_entities(docx("Dock"), "word/document.xml", f"{entities}]>"),
        "elsewhere.docx": with_entities(docx("Dock"), "word/document.xml", elsewhere),
        "laughs.pptx": with_entities(
            pptx(("Dock", "Bay")), "ppt/slides/slide1.xml", f"{entities}]>"
        ),
        "laughs.xlsx": with_entities(
            xlsx("Bays", ["Dock"]), "xl/worksheets/sheet1.xml", f"{entities}]>"
        ),
    }
    handbook = ingest(write(folder, {**bombs, "parking.md": DOCK}))
    assert handbook.files == ["parking.md"]
    assert handbook.skipped == dict.fromkeys(bombs, "it is damaged, or not what its name says")
