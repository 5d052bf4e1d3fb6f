"""Programs that run beside a benchmark, and end with it: also on Ctrl-C, also when they hang."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_STOP_SECONDS = 20
_TICK = 0.01


class Background:
    """A program whose output goes to a file."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: Path) -> None:
        self._process, self._output = process, output

    def wait_for_line(self, start: str, seconds: float, number: int = 1) -> str:
        """The first or a later line that begins so, as soon as it is printed.

        Raises RuntimeError.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            whole = [line for line in self._text().splitlines(keepends=True) if line[-1:] == "\n"]
            matches = [line.strip() for line in whole if line.strip().startswith(start)]
            if matches[number - 1 :]:
                return matches[number - 1]
            if self._process.poll() is not None:
                break
            time.sleep(_TICK)
        raise RuntimeError(f"no line {start!r} came: {self._text().strip()[-600:]}")

    def _text(self) -> str:
        return self._output.read_text(errors="replace")


@contextmanager
def running(
    command: Sequence[str | Path], folder: Path, scratch: Path, variables: Mapping[str, str]
) -> Iterator[Background]:
    """Run a program that ends on SIGTERM, from here to the end of the block."""
    output = scratch / f"output-{time.monotonic_ns()}.txt"
    with output.open("wb") as file:
        # In a session of its own, so that Ctrl-C reaches it once, from here.
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=without_a_model(variables),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Background(process, output)
    finally:
        _stop(process)


def results_of(
    command: Sequence[str | Path],
    folder: Path,
    scratch: Path,
    variables: Mapping[str, str],
    seconds: float,
) -> Any:
    """Run a program that prints its results as one line of JSON, and return them."""
    with running(command, folder, scratch, variables) as program:
        return json.loads(program.wait_for_line('{"results":', seconds))["results"]


def without_a_model(variables: Mapping[str, str]) -> dict[str, str]:
    """The shell's environment, apart from what would bring a model in."""
    shell = {name: value for name, value in os.environ.items() if name[:7] != "OPENAI_"}
    return {**shell, **variables}


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_SECONDS)
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
