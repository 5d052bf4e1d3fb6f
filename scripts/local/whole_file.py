"""Writes a file at once or not at all, so that a full disk leaves the one before."""

import os
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
