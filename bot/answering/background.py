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

_TICK = 1.0

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Stream(Protocol[T_co]):
    def __iter__(self) -> Iterator[T_co]: ...
    def close(self) -> None: ...


def in_background(
    open_stream: Callable[[], Stream[T]],
    socket_of: Callable[[Stream[T]], socket.socket | None],
    deadline: float,
) -> Generator[T | None]:
    """The items of a stream as they come, and None for each second in which none came.

    Raises what the stream raises, and TimeoutError at the deadline. Closing this iterator ends
    the connection at once.
    """
    reader = _Reader(open_stream, socket_of)
    threading.Thread(target=reader.read, daemon=True).start()
    try:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the deadline has come")
            try:
                item = reader.arrived.get(timeout=min(_TICK, left))
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
    def __init__(
        self,
        open_stream: Callable[[], Stream[T]],
        socket_of: Callable[[Stream[T]], socket.socket | None],
    ) -> None:
        self._open, self._socket_of = open_stream, socket_of
        self.arrived: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
        self._stream: Stream[T] | None = None
        self._left = False
        self._lock = threading.Lock()

    def read(self) -> None:
        try:
            stream = self._open()
            with self._lock:
                self._stream = stream
                if self._left:
                    stream.close()
                    return
            for item in stream:
                self.arrived.put(item)
            self.arrived.put(_End())
        except Exception as error:  # whatever it is, it belongs to the one who waits for the items
            self.arrived.put(_End(error))
        finally:
            with self._lock:
                if self._stream:
                    self._stream.close()
                self._stream = None

    def leave(self) -> None:
        """End the connection under the thread, which may be waiting for its next bytes."""
        with self._lock:
            self._left = True
            connection = self._socket_of(self._stream) if self._stream else None
            if connection:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
