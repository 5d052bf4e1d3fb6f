"""Each threat on the page of threats has a test, and each test that it names is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "threats.md").read_text()
_TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")  # `tests/test_docs.py::test_every_path_exists`
_HEADING = re.compile(r"\| \*\*[^|*]+\*\* \| \| \| \|")  # | **Answers** | | | |


def threats(page: str) -> list[str]:
    """The rows of the page's table, without its head and its headings."""
    rows = [line for line in page.splitlines() if line.startswith("|")]
    return [row for row in rows[2:] if not _HEADING.fullmatch(row)]


@pytest.mark.parametrize("row", threats(PAGE), ids=lambda row: row.split(" | ")[0].strip("| "))
def test_a_threat_says_all_four_things_and_its_tests_are_there(row: str) -> None:
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert len(cells) == 4
    assert all(cells)
    tests = _TEST.findall(cells[3])
    assert ", ".join(f"`{file}::{name}`" for file, name in tests) == cells[3]
    assert [f"{file}::{name}" for file, name in tests if name not in declared_in(file)] == []


def test_the_page_covers_the_product_and_says_what_is_not_defended() -> None:
    assert len(threats(PAGE)) >= 30
    assert PAGE.partition("## What is not defended")[2].count("\n- **") >= 5


def test_a_test_that_is_not_there_is_noticed() -> None:
    assert "test_nothing_of_the_kind" not in declared_in("tests/test_threats.py")
    assert "threats" not in declared_in("tests/test_threats.py")


@cache
def declared_in(file: str) -> frozenset[str]:
    """The tests of a file; in tests/infra/checks each function that holds of a template is one."""
    tree = ast.parse((ROOT / file).read_text())
    names = (node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    all_are = file.startswith("tests/infra/checks/")
    return frozenset(name for name in names if all_are or name.startswith("test_"))
