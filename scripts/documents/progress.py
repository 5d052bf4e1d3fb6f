"""Shows how far a long run has come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scripts.terminal.steps import console

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is, and of how much; 0: nobody knows."""


def silent(_what: str, _done: int, _of: int) -> None:
    """For what takes a moment."""


@contextmanager
def bar() -> Iterator[Progress]:
    """A bar on stderr, while the block lasts; nothing where nobody looks."""
    if not console.is_terminal:
        yield silent
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("  {task.description:<24}"), BarColumn(30), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), console=console, transient=True) as shown:
        task = shown.add_task("")

        def tell(what: str, done: int, of: int) -> None:
            shown.update(task, description=what, completed=done, total=of or None)

        yield tell
