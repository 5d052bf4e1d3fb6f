"""A simulator, an app that hears from it, and Slack's own client to talk to it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from scripts.simulator import Control, Posted, Simulator

SECRET = "not-a-real-secret"
TOKEN = "xoxb-fake"


@dataclass(frozen=True)
class Heard:
    """A request as it reached the app."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        if self.headers["content-type"] == "application/json":
            return dict(json.loads(self.raw))
        form = {name: values[0] for name, values in parse_qs(self.raw.decode()).items()}
        return dict(json.loads(form["payload"])) if "payload" in form else form


@dataclass
class Hearer:
    """An app that remembers what it heard and answers what it was told to."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answer: str = ""
    hang: threading.Event | None = None

    def events(self) -> list[dict[str, Any]]:
        return [h.body["event"] for h in self.heard if h.body.get("type") == "event_callback"]

    def forget(self) -> None:
        self.heard.clear()
        self.statuses.clear()
        self.answer, self.hang = "", None

    def reply(self, heard: Heard) -> tuple[int, str]:
        self.heard.append(heard)
        if self.hang:
            self.hang.wait(5)
        asked = heard.body.get("type") == "url_verification"
        if asked and not self.answer and not self.statuses:
            return 200, str(heard.body["challenge"])
        return (self.statuses.pop(0) if self.statuses else 200), self.answer


@pytest.fixture(scope="session")
def _hearer() -> Iterator[Hearer]:
    hearer = Hearer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = hearer.reply(Heard(headers, raw))
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer.encode())))
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a reset simulator hangs up on the deliveries under way."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    hearer.url = f"http://127.0.0.1:{server.server_port}/slack/events"
    yield hearer
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def _simulator() -> Iterator[Simulator]:
    with Simulator(signing_secret=SECRET, bot_token=TOKEN) as simulator:
        yield simulator


@pytest.fixture
def app(_hearer: Hearer) -> Hearer:
    _hearer.forget()
    return _hearer


@pytest.fixture
def simulator(_simulator: Simulator, app: Hearer) -> Iterator[Simulator]:
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
def asked(slack: Control) -> Posted:
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
