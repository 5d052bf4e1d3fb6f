"""An environment that nobody has used before, with an empty Slack workspace of its own."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from infra.environments import DEV
from scripts.aws.account import Account, emulator_session
from scripts.local.emulator import REGION
from slack_simulator import Control, Simulator
from tests.on_aws.conftest import Cloud

_NUMBERS = count()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(bare=True, limits={"rates": False}) as running:
        yield running


@pytest.fixture
def slack(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Control:
    """The workspace, for which somebody got a configuration token."""
    token = simulator.control.configure("ada")["refresh_token"]
    monkeypatch.setenv("SLACK_CONFIG_REFRESH_TOKEN", token)
    return simulator.control


@pytest.fixture
def account(cloud: Cloud, simulator: Simulator) -> Account:
    """That of an environment which nobody has used before."""
    name = f"dev-app{next(_NUMBERS)}"
    row = replace(DEV, name=name, slack_api_url=simulator.api_url, model_provider="extractive")
    variables = cloud.variables("dev")
    return Account(row, emulator_session(variables), REGION, cloud.emulator.url, variables)
