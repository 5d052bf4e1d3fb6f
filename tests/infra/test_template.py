"""Every check holds for every environment, and notices the change that it is there to notice."""

from copy import deepcopy

import pytest

from tests.infra.check import Check
from tests.infra.checks import CHECKS
from tests.infra.conftest import Templates


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_holds(check: Check, templates: Templates) -> None:
    failing = [row for row, template in check.asked_of(templates) if not check.holds(template)]
    assert failing == []


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_notices_a_change_for_the_worse(check: Check, templates: Templates) -> None:
    unnoticed = []
    for row, template in check.asked_of(templates):
        changed = deepcopy(template)
        check.break_it(changed)
        if check.holds(changed):
            unnoticed.append(row)
    assert unnoticed == []


def test_there_are_enough_of_them() -> None:
    assert len(CHECKS) >= 40
