"""The files that take longest are begun first, so that nobody waits for one of them at the end."""

from pathlib import Path

import pytest

from tests.conftest import LONGEST

TESTS = Path(__file__).parent


@pytest.mark.parametrize("name", LONGEST)
def test_the_longest_are_there(name: str) -> None:
    assert (TESTS / name).is_file()
