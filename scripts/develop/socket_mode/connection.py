"""The WebSocket on which Slack sends everything in Socket Mode, kept open by Slack's own client.

Bolt's handler acknowledges an envelope when the listener returns. A model takes longer than the
three seconds after which Slack sends the envelope again, so here the acknowledgement comes first.
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import json
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Any

from rich.markup import escape
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientNotConnectedError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from scripts.local.proxies import is_loopback
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say

_HELLO_SECONDS = 10
_LAST_READ_SECONDS = 0.1
"""How long a connection that Slack closes may wait for its last bytes."""

Take = Callable[[SocketModeRequest], None]


class Connection(SocketModeClient):
    """Hands every envelope to `take`, in Slack's order, once it is acknowledged."""

    def __init__(self, app_token: str, api_url: str, take: Take) -> None:
        self._take = take
        self._greeted, self._off, self._interrupted = Event(), False, False
        logger = logging.getLogger(__name__)
        logger.setLevel(logging.CRITICAL + 1)  # what people should see is printed below
        super().__init__(
            app_token,
            logger=logger,
            web_client=WebClient(base_url=api_url, logger=logger),
            concurrency=1,  # more threads would change the order of envelopes
            on_error_listeners=[self._report_loss],
        )
        if is_loopback(api_url):  # the SDK does not read NO_PROXY
            self.proxy = self.web_client.proxy = None
        self.socket_mode_request_listeners.append(self._acknowledge)

    def open(self) -> None:
        """Connect, and wait for Slack's greeting. Raises `Problem`."""
        self.connect()
        self._greeted.wait(_HELLO_SECONDS)
        if self._off:
            raise Problem(
                "Socket Mode is off for this app: switch it on in the app's settings under Socket"
                " Mode, or make the app anew from ./stackbot socket --manifest."
            )
        if not self._greeted.is_set():
            raise Problem("Slack does not answer on its WebSocket: check the network or its proxy.")

    def close(self) -> None:
        """Disconnect. Slack sends again what was not acknowledged, later or to another client."""
        self.closed, self.auto_reconnect_enabled = True, False
        # Wakes the client's threads, which would wait for one second and for three.
        self.message_queue.put("")
        if self.current_session and self.current_session.sock:
            with suppress(OSError, AttributeError):
                self.current_session.sock.shutdown(socket.SHUT_RDWR)
        super().close()

    def disconnect(self) -> None:
        with suppress(AttributeError):  # of a socket that Slack closes at the same moment
            super().disconnect()

    def enqueue_message(self, message: str) -> None:
        """Handle `hello` and `disconnect` before the client does.

        Example: {"type": "disconnect", "reason": "link_disabled"}.
        """
        envelope = json.loads(message)
        if envelope["type"] == "hello":
            self._on_hello(envelope.get("num_connections", 1))
        elif envelope["type"] == "disconnect":
            self._shorten_read()
            if envelope.get("reason") == "link_disabled":
                return self._on_switched_off()
        super().enqueue_message(message)
        return None

    def connect_to_new_endpoint(self, force: bool = False) -> None:
        if self.closed or self._off:
            return
        try:
            super().connect_to_new_endpoint(force)
        except (OSError, SlackApiError) as error:
            self._report_loss(error)

    def _on_hello(self, connections: int) -> None:
        if connections > 1 and not self._greeted.is_set():
            say("  [yellow]![/] Something else is connected as this app: each hears only a part.")
        if self._interrupted:
            say("  [green]✓[/] Connected to Slack again.")
        self._interrupted = False
        self._greeted.set()

    def _on_switched_off(self) -> None:
        self._off = True
        if self._greeted.is_set():
            say("  [red]✗[/] Socket Mode was switched off for this app: Slack tells no more.")
        self._greeted.set()

    def _report_loss(self, error: Exception) -> None:
        if not self._interrupted and not self.closed:
            why = error.response["error"] if isinstance(error, SlackApiError) else error
            reason = escape(str(why))
            say(f"  [yellow]…[/] Slack cannot be reached ({reason}); trying again until it can.")
        self._interrupted = True

    def _shorten_read(self) -> None:
        """Have the client replace the connection at once, not when its read times out."""
        if self.current_session and self.current_session.sock:
            self.current_session.sock.settimeout(_LAST_READ_SECONDS)

    def _acknowledge(self, _: Any, envelope: SocketModeRequest) -> None:
        if self.closed:
            return
        # If the acknowledgement is lost, Slack sends it again, and the queue drops the duplicate.
        with suppress(SlackClientNotConnectedError):
            self.send_socket_mode_response(SocketModeResponse(envelope.envelope_id))
        self._take(envelope)
