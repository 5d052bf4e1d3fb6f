"""Reads a slow stream in a thread, so that its reader keeps an exact deadline and can walk away.

A time-out of the network counts between bytes; it doesn't end a stream that trickles, and a name
look-up has none at all.
"""

import queue
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from bot.answering.model.connection import Connected

_TICK = 1.0

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class ModelStream(Protocol[T_co]):
    def __iter__(self) -> Iterator[T_co]: ...
    def close(self) -> None: ...


Open = Callable[[Connected], ModelStream[T]]
"""Opens a stream in the thread that calls it, and tells the socket as soon as there is one."""


def in_background(open_stream: Open[T], deadline: float) -> Generator[T | None]:
    """The items of a stream as they come, and None for each second in which none came.

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
