"""An HTTP client that tells which socket it connects, so that a request can be hung up at once.

A request that waits for its first byte has no response yet that could be closed. A connection
serves one request: between two questions it would be too old to be used again anyway.
"""

import socket
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from httpx2 import Client, Request

Connected = Callable[[socket.socket], None]

_connected: ContextVar[Connected] = ContextVar("connected")


def tell_socket(connected: Connected) -> None:
    """Have the next requests of this thread tell their sockets."""
    _connected.set(connected)


def http_client() -> "Client":
    from httpx2 import Limits
    from openai import DefaultHttpx2Client

    return DefaultHttpx2Client(
        event_hooks={"request": [_watch]}, limits=Limits(max_keepalive_connections=0)
    )


def _watch(request: "Request") -> None:
    connected = _connected.get()

    def trace(event: str, info: dict[str, Any]) -> None:
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            connected(info["return_value"].get_extra_info("socket"))

    request.extensions["trace"] = trace
