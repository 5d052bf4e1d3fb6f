"""Ctrl-C in the middle of what must not be left half done."""

import os
import signal

from scripts.terminal.interruption import uninterrupted


def pressed(times: int) -> list[str]:
    """What a block does in which Ctrl-C is pressed so often."""
    steps = []
    try:
        with uninterrupted():
            for _ in range(times):
                os.kill(os.getpid(), signal.SIGINT)
            steps.append("the rest")
    except KeyboardInterrupt:
        steps.append("interrupted")
    return steps


def test_the_first_waits_for_the_end() -> None:
    assert pressed(1) == ["the rest", "interrupted"]


def test_the_second_does_not() -> None:
    assert pressed(2) == ["interrupted"]


def test_afterwards_it_is_as_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with uninterrupted():
        pass
    assert signal.getsignal(signal.SIGINT) is before
