"""Ends a command on signals as Ctrl-C does, and lets Ctrl-C wait for what must not be cut short."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


def end_on(*numbers: signal.Signals) -> None:
    """Have these signals raise `KeyboardInterrupt`, so that the command cleans up as on Ctrl-C."""
    for number in numbers:
        signal.signal(number, _interrupt)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let the first Ctrl-C wait until the block is over; a second one ends it at once.

    In other threads than the main one, which Ctrl-C does not reach, it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[int] = []

    def wait(number: int, _frame: FrameType | None) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    before = signal.signal(signal.SIGINT, wait)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(f"signal {number}")
