"""Shows the progress of a long run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scripts.terminal.steps import console

Progress = Callable[[str, int, int], None]
"""Takes the step's name, how many items are done, and of how many; 0 where that is unknown."""


def silent(_step: str, _count: int, _total: int) -> None:
    """Shows nothing, for what takes a moment."""


@contextmanager
def bar() -> Iterator[Progress]:
    """A bar on stderr while the block runs; none where stderr is no terminal."""
    if not console.is_terminal:
        yield silent
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("  {task.description:<24}"), BarColumn(30), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), console=console, transient=True) as display:
        task = display.add_task("")

        def update(step: str, count: int, total: int) -> None:
            display.update(task, description=step, completed=count, total=total or None)

        yield update
