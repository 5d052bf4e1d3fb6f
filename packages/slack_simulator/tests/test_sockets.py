"""Socket Mode, heard with Slack's own client: envelopes, acknowledgements, reconnections."""

import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection, ConnectionState
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from slack_simulator import Control, Simulator
from slack_simulator.apps.manifest import SAMPLE

APP_TOKEN = "xapp-fake"
OVER_SOCKETS = SAMPLE | {"settings": SAMPLE["settings"] | {"socket_mode_enabled": True}}

Connect = Callable[..., "App"]


class App:
    """An app in Socket Mode that records its requests; it acknowledges with `answer`, if any."""

    def __init__(self, simulator: Simulator, answer: dict[str, Any] | None) -> None:
        self.answer = answer
        self.requests: list[SocketModeRequest] = []
        self.frames: list[str] = []
        client = WebClient(base_url=simulator.api_url)
        self.client = SocketModeClient(APP_TOKEN, web_client=client, ping_interval=0.2)
        self.client.on_message_listeners.append(self.frames.append)
        self.client.socket_mode_request_listeners.append(self._hear)

    def leave(self) -> None:
        """Hang up. The client alone would wait for its reading to time out, which takes 3 s."""
        self.client.auto_reconnect_enabled = False
        self.client.closed = True
        self.client.enqueue_message("")
        assert self.client.current_session
        with suppress(AttributeError, OSError):  # both sides may close it at the same moment
            self.client.current_session.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
        with suppress(AttributeError):
            self.client.close()

    def _hear(self, client: Any, request: SocketModeRequest) -> None:
        self.requests.append(request)
        if self.answer is not None:
            acknowledgement = SocketModeResponse(request.envelope_id, self.answer or None)
            client.send_socket_mode_response(acknowledgement)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(manifest=OVER_SOCKETS, app_token=APP_TOKEN) as running:
        yield running


@pytest.fixture
def slack(simulator: Simulator) -> Control:
    simulator.control.reset()
    simulator.control.set_limits(ack_seconds=True)
    return simulator.control


@pytest.fixture
def connect(simulator: Simulator, slack: Control) -> Iterator[Connect]:
    """Connect an app, which is gone again when the test is over."""
    with ExitStack() as connected:

        def connect(answer: dict[str, Any] | None = {}) -> App:  # noqa: B006 - never changed
            before = connections(slack)
            app = App(simulator, answer)
            connected.callback(app.leave)
            app.client.connect()
            slack.until(lambda: connections(slack) == before + 1)
            return app

        yield connect
    slack.until(lambda: connections(slack) == 0)


def connections(slack: Control) -> int:
    return int(slack.state()["settings"]["connections"])


def test_an_app_is_greeted_and_hears_an_event(slack: Control, connect: Connect) -> None:
    app = connect()
    posted = slack.say("ada", "#help", "<@bot> Is Friday off?")
    (request,) = slack.until(lambda: app.requests)
    assert '"hello"' in app.frames[0]
    assert (request.type, request.retry_attempt, request.accepts_response_payload) == (
        "events_api",
        0,
        False,
    )
    assert request.payload["event"]["ts"] == posted.ts
    slack.wait_until_idle()
    (delivery,) = slack.deliveries("app_mention")
    assert (delivery.ok, delivery.url, delivery.headers) == (True, "socket", {})


def test_commands_and_interactions_come_as_envelopes_too(slack: Control, connect: Connect) -> None:
    app = connect()
    slack.command("ada", "#help", "/ask", "payload=1 & more")
    slack.shortcut("ada", "ask")
    slack.until(lambda: len(app.requests) == 2)
    by_type = {request.type: request for request in app.requests}
    assert by_type["slash_commands"].payload["text"] == "payload=1 & more"
    assert by_type["interactive"].payload["callback_id"] == "ask"
    assert by_type["interactive"].accepts_response_payload


def test_a_command_is_answered_with_its_acknowledgement(slack: Control, connect: Connect) -> None:
    connect(answer={"text": "I am on it."})
    slack.command("ada", "#help", "/ask", "something")
    slack.wait_until_idle()
    assert [m.text for m in slack.messages("#help") if m.bot] == ["I am on it."]


def test_what_is_not_acknowledged_comes_again_to_another_connection(
    slack: Control, connect: Connect
) -> None:
    slack.set_limits(ack_seconds=0.2)
    silent, ready = connect(answer=None), connect()
    slack.say("ada", "#help", "<@bot> Is anybody there?")
    slack.until(lambda: ready.requests)
    slack.wait_until_idle()
    (first,), (second,) = silent.requests, ready.requests
    assert first.payload == second.payload
    assert first.envelope_id != second.envelope_id
    assert (second.retry_attempt, second.retry_reason) == (1, "timeout")


def test_what_a_lost_connection_held_comes_again(slack: Control, connect: Connect) -> None:
    silent, ready = connect(answer=None), connect()
    slack.say("ada", "#help", "<@bot> Is anybody there?")
    slack.until(lambda: silent.requests)
    silent.leave()
    slack.until(lambda: ready.requests)
    slack.wait_until_idle()
    assert [d.ok for d in slack.deliveries("app_mention")] == [False, True]


def test_an_app_that_is_asked_to_connects_anew(slack: Control, connect: Connect) -> None:
    app = connect()
    before = app.client.session_id()
    assert slack.disconnect() == 1
    slack.until(lambda: app.client.session_id() != before and connections(slack) == 1)
    slack.say("ada", "#help", "<@bot> Still there?")
    slack.until(lambda: app.requests)


def test_slack_hangs_up_on_who_does_not_leave(slack: Control, simulator: Simulator) -> None:
    frames: list[str] = []
    connection = _connection(simulator, frames)
    slack.until(lambda: connections(slack) == 1)
    slack.set_time_scale(100)
    slack.disconnect()
    _read(connection)
    slack.set_time_scale(1)
    assert [json.loads(frame)["type"] for frame in frames] == ["hello", "disconnect"]


def test_nobody_hears_while_no_app_is_connected(slack: Control) -> None:
    slack.set_time_scale(10_000)
    slack.say("ada", "#help", "<@bot> Hello?")
    slack.wait_until_idle()
    slack.set_time_scale(1)
    failed = [(d.attempt, d.error) for d in slack.deliveries("app_mention")]
    assert failed == [(attempt, "connection_failed") for attempt in range(4)]


def test_a_connection_takes_a_token_of_the_apps_own(simulator: Simulator) -> None:
    client = WebClient(base_url=simulator.api_url)

    def refused(token: str) -> str:
        with pytest.raises(SlackApiError) as refusal:
            client.apps_connections_open(app_token=token)
        return str(refusal.value.response["error"])

    assert refused("xoxb-fake") == "not_allowed_token_type"
    assert refused("xapp-of-somebody-else") == "invalid_auth"
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        WebClient(APP_TOKEN, base_url=simulator.api_url).auth_test()


def test_an_address_is_good_for_one_connection(slack: Control, connect: Connect) -> None:
    app = connect()
    url = urlsplit(app.client.wss_uri or "")
    again = HTTPConnection(url.netloc, timeout=10)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "bm90LWEtcmVhbC1rZXktMQ=="}
    again.request("GET", f"{url.path}?{url.query}", headers=upgrade | key)
    with closing(again), again.getresponse() as refused:
        assert refused.status == 403
    assert connections(slack) == 1


def test_an_app_with_socket_mode_off_is_told_so(simulator: Simulator) -> None:
    frames: list[str] = []
    simulator.install(SAMPLE)
    _read(_connection(simulator, frames))
    simulator.install(OVER_SOCKETS)
    assert [json.loads(frame)["reason"] for frame in frames] == ["link_disabled"]


def _connection(simulator: Simulator, frames: list[str]) -> Connection:
    """A connection that nobody replaces, whatever Slack says."""
    url = WebClient(base_url=simulator.api_url).apps_connections_open(app_token=APP_TOKEN)["url"]
    connection = Connection(str(url), logging.getLogger("test"), on_message_listener=frames.append)
    connection.connect()
    return connection


def _read(connection: Connection) -> None:
    """Read until Slack hangs up."""
    connection.run_until_completion(ConnectionState())  # type: ignore[no-untyped-call]
