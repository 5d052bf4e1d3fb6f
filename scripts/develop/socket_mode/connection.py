"""The WebSocket on which Slack tells of everything, kept open by Slack's own client.

Bolt's handler acknowledges an envelope when it is answered. A model takes longer than the three
seconds after which Slack tells again, so here the acknowledgement comes first.
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

Take = Callable[[SocketModeRequest], None]


class Connection(SocketModeClient):
    """Hands every envelope to `take`, in Slack's order, once it is acknowledged."""

    def __init__(self, app_token: str, api_url: str, take: Take) -> None:
        self._take = take
        self._told, self._off, self._lost = Event(), False, False
        logger = logging.getLogger(__name__)
        logger.setLevel(logging.CRITICAL + 1)  # what matters is said below, in a sentence
        super().__init__(
            app_token,
            logger=logger,
            web_client=WebClient(base_url=api_url, logger=logger),
            concurrency=1,  # with more of them, envelopes overtake one another
            on_error_listeners=[self._lose],
        )
        if is_loopback(api_url):  # the SDK takes the shell's proxy, whatever NO_PROXY says
            self.proxy = self.web_client.proxy = None
        self.socket_mode_request_listeners.append(self._acknowledge)

    def open(self) -> None:
        """Connect, and wait for Slack's greeting. Raises `Problem`."""
        self.connect()
        self._told.wait(_HELLO_SECONDS)
        if self._off:
            raise Problem(
                "Socket Mode is off for this app: switch it on in the app's settings under Socket"
                " Mode, or make the app anew from ./stackbot socket --manifest."
            )
        if not self._told.is_set():
            raise Problem("Slack does not answer on its WebSocket: check the network or its proxy.")

    def close(self) -> None:
        """Hear of nothing more. Slack tells again, later or elsewhere, what is not acknowledged."""
        self.closed, self.auto_reconnect_enabled = True, False
        # Its threads would end when they have waited in vain, for a second and for three.
        self.message_queue.put("")
        if self.current_session and self.current_session.sock:
            with suppress(OSError, AttributeError):
                self.current_session.sock.shutdown(socket.SHUT_RDWR)
        super().close()

    def disconnect(self) -> None:
        with suppress(AttributeError):  # of a socket that Slack closes at the same moment
            super().disconnect()

    def enqueue_message(self, message: str) -> None:
        """Hear what Slack says of the connection itself, before the client does."""
        told = json.loads(message)
        if told["type"] == "hello":
            self._be_greeted(told.get("num_connections", 1))
        elif told["type"] == "disconnect":
            self._hurry()
            if told.get("reason") == "link_disabled":
                return self._be_switched_off()
        super().enqueue_message(message)
        return None

    def connect_to_new_endpoint(self, force: bool = False) -> None:
        if self.closed or self._off:
            return
        try:
            super().connect_to_new_endpoint(force)
        except (OSError, SlackApiError) as error:
            self._lose(error)

    def _be_greeted(self, connections: int) -> None:
        if connections > 1 and not self._told.is_set():
            say("  [yellow]![/] Something else is connected as this app: each hears only a part.")
        if self._lost:
            say("  [green]✓[/] Connected to Slack again.")
        self._lost = False
        self._told.set()

    def _be_switched_off(self) -> None:
        self._off = True
        if self._told.is_set():
            say("  [red]✗[/] Socket Mode was switched off for this app: Slack tells no more.")
        self._told.set()

    def _lose(self, error: Exception) -> None:
        if not self._lost and not self.closed:
            why = error.response["error"] if isinstance(error, SlackApiError) else error
            told = escape(str(why))
            say(f"  [yellow]…[/] Slack cannot be reached ({told}); trying again until it can.")
        self._lost = True

    def _hurry(self) -> None:
        """Let a connection be given up at once: the client waits for its reading to time out."""
        if self.current_session and self.current_session.sock:
            self.current_session.sock.settimeout(_LAST_READ_SECONDS)

    def _acknowledge(self, _: Any, envelope: SocketModeRequest) -> None:
        if self.closed:
            return
        # Where the acknowledgement is lost it comes again, and the queue knows it.
        with suppress(SlackClientNotConnectedError):
            self.send_socket_mode_response(SocketModeResponse(envelope.envelope_id))
        self._take(envelope)
