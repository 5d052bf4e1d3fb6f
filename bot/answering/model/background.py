"""Reads a slow stream in a thread, so that its reader keeps an exact deadline and can walk away.

A network time-out counts the seconds between bytes: it does not end a stream that trickles, and a
name look-up has none. So the reader hangs up by itself. For that it needs the socket: a request
that waits for its first byte has no response yet that could be closed.
"""

import queue
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from httpx2 import Client, Request

_TICK = 1.0
"""Seconds without an item after which the reader gets None."""

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class ModelStream(Protocol[T_co]):
    def __iter__(self) -> Iterator[T_co]: ...
    def close(self) -> None: ...


Connected = Callable[[socket.socket], None]
"""Is called with the socket of a request as soon as it is connected."""

Open = Callable[[Connected], ModelStream[T]]
"""Opens a stream in the thread that calls it."""

_connected: ContextVar[Connected] = ContextVar("connected")


def in_background(open_stream: Open[T], deadline: float) -> Generator[T | None]:
    """Yield the items of a stream as they come, and None for each second without one.

    Raises what the stream raises, and TimeoutError at the deadline. Closing this generator hangs
    up at once.
    """
    reader = _Reader(open_stream)
    threading.Thread(target=reader.read, daemon=True).start()
    try:
        while True:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError("the deadline has come")
            try:
                item = reader.arrived.get(timeout=min(_TICK, remaining))
            except queue.Empty:
                yield None
                continue
            if isinstance(item, _End):
                if item.error:
                    raise item.error
                return
            yield item
    finally:
        reader.leave()


class _End:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error


class _Reader(Generic[T]):
    def __init__(self, open_stream: Open[T]) -> None:
        self._open = open_stream
        self.arrived: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
        self._socket: socket.socket | None = None
        self._is_abandoned = False
        self._lock = threading.Lock()

    def read(self) -> None:
        try:
            stream = self._open(self._connected)
            try:
                for item in stream:
                    self.arrived.put(item)
            finally:
                stream.close()
                self._socket = None
            self.arrived.put(_End())
        except Exception as error:  # whatever it is, it belongs to the one who waits for the items
            self.arrived.put(_End(error))

    def leave(self) -> None:
        with self._lock:
            self._is_abandoned = True
            self._hang_up()

    def _connected(self, connection: socket.socket) -> None:
        with self._lock:
            self._socket = connection
            if self._is_abandoned:
                self._hang_up()

    def _hang_up(self) -> None:
        """Shut the connection down under the thread; only that wakes it from waiting for bytes."""
        if self._socket:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def tell_socket(connected: Connected) -> None:
    """Have the next requests of this thread tell their sockets."""
    _connected.set(connected)


def http_client() -> "Client":
    """A client whose requests tell their sockets.

    A connection serves one request: between two questions it would be too old to be used again.
    """
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
