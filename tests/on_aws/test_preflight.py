"""What a deployment refuses before it changes anything."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.environments import DEV, PROD, Environment
from scripts.aws.account import Account, emulator_session
from scripts.deploy import preflight
from scripts.local.emulator import REGION, Emulator, client_variables
from scripts.terminal.problem import Problem

NUMBER = "111111111111"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """AWS with the quota of a small account."""
    with Emulator(quota=8) as running:
        yield running


def account(emulator: Emulator, row: Environment) -> Account:
    variables = client_variables(emulator.url, NUMBER, emulator.token)
    return Account(row, emulator_session(variables), REGION, emulator.url, variables)


def test_workers_take_half_of_what_may_run_at_once_or_less(emulator: Emulator) -> None:
    ground = preflight.look(account(emulator, replace(DEV, maximum_concurrency=5)))
    assert (ground.workers, ground.bootstrapped, ground.stack) == (4, False, None)
    ground = preflight.look(account(emulator, replace(DEV, maximum_concurrency=3)))
    assert ground.workers == 3


def test_too_small_a_quota_is_refused_with_the_way_to_a_larger_one() -> None:
    with (
        Emulator(quota=3) as emulator,
        pytest.raises(Problem, match=r"only 3 functions at once, and 4 .*quotas/L-B99A9384"),
    ):
        preflight.look(account(emulator, DEV))


def test_rows_that_keep_data_have_to_say_where(emulator: Emulator) -> None:
    nowhere = replace(PROD, account=None, region=None)
    with pytest.raises(Problem, match=r"its row has to name its account and region: .* init"):
        preflight.look(account(emulator, nowhere))
