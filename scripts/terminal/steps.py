"""Shows what is being done, and how long it took, on stderr: stdout belongs to the answer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(stderr=True, highlight=False)


@contextmanager
def step(name: str) -> Iterator[None]:
    """One line: a spinner while it runs, then its time."""
    started = time.monotonic()
    try:
        with console.status(name):
            yield
    except BaseException:
        console.print(f"  [red]✗[/] {name}")
        raise
    console.print(f"  [green]✓[/] {name:<34} [dim]{time.monotonic() - started:5.1f} s[/]")


def say(text: str) -> None:
    """One line that is no step."""
    console.print(text, soft_wrap=True)
