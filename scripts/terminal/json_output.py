"""The stdout of a command with `--json`: one JSON object, and nothing else that is printed."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from typing import Any, TextIO


class JsonOutput:
    """Prints the one object of a command."""

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
def reserved(enabled: bool) -> Iterator[JsonOutput | None]:
    """Keep stdout for one object; all other output, also of child processes, goes to stderr.

    A command that fails before it prints its object prints `{"error": "…"}`. Without `enabled`,
    nothing changes.
    """
    if not enabled:
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
    """The object of a command that has failed."""
    if isinstance(error, KeyboardInterrupt):
        return {"error": "interrupted"}
    return {"error": str(error) or type(error).__name__}


@contextmanager
def _stdout() -> Iterator[TextIO]:
    """The present stdout, while sys.stdout and file descriptor 1 lead to stderr."""
    file: TextIO = sys.stdout
    if file is not sys.__stdout__:  # pytest has replaced it by one without a file descriptor
        with redirect_stdout(sys.stderr):
            yield file
        return
    file.flush()
    stdout = os.dup(1)
    os.dup2(2, 1)
    file = os.fdopen(stdout, "w", encoding="utf-8")
    try:
        with redirect_stdout(sys.stderr):
            yield file
    finally:
        os.dup2(stdout, 1)
        with suppress(BrokenPipeError):  # which `print` has raised already
            file.close()
