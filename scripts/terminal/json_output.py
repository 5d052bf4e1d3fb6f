"""The stdout of a command with `--json`: one JSON object, whatever else is printed meanwhile."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from typing import Any, TextIO


class JsonOutput:
    """Takes the one object of a command."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.printed = False

    def print(self, value: Mapping[str, Any]) -> None:
        """Print the object, on a line. Raises `ValueError` for a second one."""
        if self.printed:
            raise ValueError("a command prints one JSON object")
        self.printed = True
        self._file.write(json.dumps(value, ensure_ascii=False) + "\n")
        self._file.flush()


@contextmanager
def reserved(wanted: bool) -> Iterator[JsonOutput | None]:
    """Keep stdout for one object; what is logged, also by child processes, goes to stderr.

    A command that fails before its object leaves one with the reason: `{"error": "…"}`.
    """
    if not wanted:
        yield None
        return
    with _stdout() as file:
        output = JsonOutput(file)
        try:
            yield output
        except BaseException as error:
            if not output.printed:
                output.print(failure(error))
            raise


def failure(error: BaseException) -> dict[str, str]:
    """What a command prints that has failed."""
    if isinstance(error, KeyboardInterrupt):
        return {"error": "interrupted"}
    return {"error": str(error) or type(error).__name__}


@contextmanager
def _stdout() -> Iterator[TextIO]:
    """What stdout is now, while sys.stdout and file descriptor 1 lead to stderr."""
    file: TextIO = sys.stdout
    if file is not sys.__stdout__:  # as in a test, which has no file descriptor of its own
        with redirect_stdout(sys.stderr):
            yield file
        return
    file.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    file = os.fdopen(kept, "w", encoding="utf-8")
    try:
        with redirect_stdout(sys.stderr):
            yield file
    finally:
        os.dup2(kept, 1)
        with suppress(BrokenPipeError):  # it was raised where the object was printed
            file.close()
