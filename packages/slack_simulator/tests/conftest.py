"""A simulator, an app that hears from it, and Slack's own client to talk to it."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_simulator import Control, Posted, Simulator
from slack_simulator.recording_app import RecordingApp, running_app

SECRET = "not-a-real-secret"
TOKEN = "xoxb-fake"


@pytest.fixture(scope="session")
def _app() -> Iterator[RecordingApp]:
    with running_app() as hearer:
        yield hearer


@pytest.fixture(scope="session")
def _simulator() -> Iterator[Simulator]:
    with Simulator(signing_secret=SECRET, bot_token=TOKEN) as simulator:
        yield simulator


@pytest.fixture
def app(_app: RecordingApp) -> RecordingApp:
    _app.forget()
    return _app


@pytest.fixture
def simulator(_simulator: Simulator, app: RecordingApp) -> Iterator[Simulator]:
    """The one simulator, with nothing in it and Slack's own limits.

    It ends idle, so that no test hears what another one caused.
    """
    control = _simulator.control
    control.reset()
    control.set_limits(**dict.fromkeys(control.state()["settings"]["limits"], True))
    control.set_time_scale(1)
    control.set_request_url(app.url, verify=False)
    yield _simulator
    with suppress(TimeoutError):
        control.wait_until_idle(0.3)


@pytest.fixture
def slack(simulator: Simulator) -> Control:
    return simulator.control


@pytest.fixture
def question(slack: Control) -> Posted:
    """Ada's question in #help, for the bot to answer."""
    return slack.say("ada", "#help", "<@bot> Is Friday off?")


@pytest.fixture
def bot(simulator: Simulator) -> WebClient:
    """The bot's client; it tries nothing twice, so that tests see what Slack said."""
    return WebClient(TOKEN, base_url=simulator.api_url, retry_handlers=[])


def error(call: Callable[[], object]) -> str:
    """The word with which Slack refused a call."""
    with pytest.raises(SlackApiError) as refusal:
        call()
    return str(refusal.value.response["error"])
