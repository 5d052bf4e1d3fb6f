"""Documents of each kind become passages with their title and their headings."""

from pathlib import Path

import pytest

from tests.documents.conftest import Ingest, Ingested, ingesting, write
from tests.office import docx, pptx, xlsx
from tests.pdfs import pdf, printed

MARKDOWN = "Travel policy\n=============\n\nIntro.\n\nFlights\n-------\n\nBook early by {}.\n"
RESTRUCTURED = """\
Travel policy
=============

Intro, see :ref:`there <x>`.

.. note:: Ask ``Ada``.

Flights
-------

.. toctree::

   elsewhere

Book early by rail, with this tool::

   book --early
"""
PAGE = """<html><head><title>Travel policy</title></head><body><nav>Home Menu</nav>
<h2>Flights</h2><p>Book early by web.</p><table><tr><th>City</th><th>Price</th></tr>
<tr><td>Rome</td><td>99</td></tr></table><footer>Imprint</footer></body></html>"""
CONFLUENCE = """<html><head><title>People : Flight rules</title></head><body>
<div class="page-metadata">Created by Bob, last modified by Ada on Nov 02, 2026</div>
<div id="main-content"><p>Book even earlier.</p></div></body></html>"""
WORD = docx(
    *("= Travel policy", "Intro.", "# Flights", "Book early by letter."),
    [["City", "Price"], ["Rome", "99"], ["Kiev", "3"]],
)

FILES: dict[str, str | bytes] = {
    "a.md": MARKDOWN.format("app"),
    "b.txt": MARKDOWN.format("phone"),
    "c.rst": RESTRUCTURED,
    "d.html": PAGE,
    "e.docx": WORD,
    "f.pptx": pptx(("Travel policy", "Intro."), ("Flights", "Book early by fax.")),
    "g.pdf": printed(
        ("Travel policy", 24), ("Intro.", 10), ("Flights", 16), ("Book early by wire.", 10)
    ),
}
TABLES: dict[str, str | bytes] = {
    "Hotel_rates.csv": "City;Price\nRome;99\nLima;5\n",
    "hotels.xlsx": xlsx(
        "Rates", ("City", "Price"), ("Rome", 99), ("Oslo", None), (None, 7.5), ("Bonn", 8)
    ),
    "Flight-rules_98.html": CONFLUENCE,
    "broken.docx": docx("Dock.")[:-300],
}


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory, converter: Path) -> Ingested:
    """All of them at once: the converter takes a second to start."""
    folder = tmp_path_factory.mktemp("handbook")
    return ingesting(folder, converter)(write(folder / "all", FILES | TABLES))


def test_all_but_the_broken_one_are_taken(handbook: Ingested) -> None:
    assert handbook.skipped == {"broken.docx": "it is damaged, or not what its name says"}
    assert handbook.report.documents == len(FILES | TABLES) - 1


@pytest.mark.parametrize("name", FILES)
def test_title_and_headings_are_kept(handbook: Ingested, name: str) -> None:
    passage = handbook.of(name, "Book early")
    assert str(passage.source) == "Travel policy \u203a Flights"
    assert "Book early" in passage.text
    assert "Menu" not in passage.text
    assert "toctree" not in passage.text


@pytest.mark.parametrize("name", ["d.html", "e.docx", "hotels.xlsx", "Hotel_rates.csv"])
def test_tables_are_tables_whatever_they_were(handbook: Ingested, name: str) -> None:
    lines = handbook.of(name, "Rome").text.splitlines()
    at = lines.index("| City | Price |")
    assert set(lines[at + 1]) <= set("| -")
    assert lines[at + 2] == "| Rome | 99 |"


def test_empty_cells_of_a_workbook_are_empty(handbook: Ingested) -> None:
    lines = handbook.of("hotels.xlsx", "Oslo").text.splitlines()
    assert lines[-3:] == ["| Oslo |  |", "|  | 7.5 |", "| Bonn | 8 |"]


def test_a_table_is_named_after_its_file(handbook: Ingested) -> None:
    assert handbook.of("Hotel_rates.csv", "Rome").source.title == "Hotel rates"


def test_confluence_tells_title_and_date(handbook: Ingested) -> None:
    passage = handbook.of("Flight-rules_98.html", "flight rules")
    assert (passage.source.title, passage.updated) == ("Flight rules", "2026-11-02")


def test_what_is_code_in_restructured_text_is_a_fence(handbook: Ingested) -> None:
    assert "```\nbook --early\n```" in handbook.of("c.rst", "book early").text


def test_lines_at_the_edge_of_every_page_are_left_out(folder: Path, ingest: Ingest) -> None:
    pages = pdf(*(f"Chapter {number} is about dock {number * 7}." for number in range(1, 6)))
    handbook = ingest(write(folder, {"docks.pdf": pages}))
    assert "dock 28" in handbook.find("dock").text


def test_words_of_a_pdf_stay_apart(folder: Path, ingest: Ingest) -> None:
    passage = ingest(write(folder, {"a.pdf": pdf("Visitors park in dock seven.")})).find("visitors")
    assert passage.text == "Visitors park in dock seven."
