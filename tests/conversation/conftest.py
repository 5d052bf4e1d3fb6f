"""A Slack on one machine, for what the bot asks of it by itself."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from slack_simulator import Control, Simulator

TOKEN = "xoxb-fake"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(bot_token=TOKEN) as running:
        yield running


@pytest.fixture
def slack(simulator: Simulator) -> Control:
    simulator.control.reset()
    return simulator.control


@pytest.fixture
def client(simulator: Simulator) -> WebClient:
    return WebClient(TOKEN, base_url=simulator.api_url, retry_handlers=[])
