"""Writes a file whole or not at all, so that a full disk leaves the one before."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; it takes the place of `path` when the block ends."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        if str(error.filename) == str(partial):
            error.filename = str(path)  # the name that people know
        raise
    finally:
        with suppress(OSError):  # where nothing can be written, nothing is there to be removed
            partial.unlink()


def write_private(path: Path, text: str) -> None:
    """Write a file that holds a secret or names a process: only its owner reads or writes it.

    It has the mode 0600, and a folder that is made for it 0700. A file that was there before,
    whoever could read it, is replaced rather than written to.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # of mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
