"""Each promise on the page of promises is still made, and has a test that is there."""

import re
from pathlib import Path

import pytest

from tests.test_threats import declared_in

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "promises.md").read_text()
# | “It is gone” | [docs/costs.md](../docs/costs.md) | `tests/test_a.py::test_b` |
_ROW = re.compile(r"\| “(.+)” \| \[(.+)\]\(\.\./\2\) \| (.+) \|")
_TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")  # `tests/test_a.py::test_b`
_ROWS = [line for line in PAGE.splitlines() if line.startswith("|")][2:]


@pytest.mark.parametrize("row", _ROWS)
def test_a_promise_is_made_where_it_says_and_its_tests_are_there(row: str) -> None:
    match = _ROW.fullmatch(row)
    assert match
    quote, where, cell = match.groups()
    assert quote in _prose(where)
    tests = _TEST.findall(cell)
    assert ", ".join(f"`{file}::{name}`" for file, name in tests) == cell
    assert [f"{file}::{name}" for file, name in tests if name not in declared_in(file)] == []


def test_the_pages_about_data_are_covered() -> None:
    assert len(_ROWS) >= 30
    assert {"knowledge/security.md", "bot/listeners/forgetting.py"} <= {
        *re.findall(r"\[(.+?)\]", PAGE)
    }


def _prose(where: str) -> str:
    """A file's text with each run of white space as one space; in code, strings joined."""
    text = " ".join((ROOT / where).read_text().split())
    return text.replace('" "', "") if where.endswith(".py") else text
