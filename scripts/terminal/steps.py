"""Shows a command's steps and their times on stderr: stdout is for the result."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(stderr=True, highlight=False)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show a spinner while the block runs, and then a line with its seconds."""
    started = time.monotonic()
    try:
        with console.status(name):
            yield
    except BaseException:
        console.print(f"  [red]✗[/] {name}")
        raise
    console.print(f"  [green]✓[/] {name:<34} [dim]{time.monotonic() - started:5.1f} s[/]")


def say(text: str) -> None:
    """Print one line that is not a step."""
    console.print(text, soft_wrap=True)
