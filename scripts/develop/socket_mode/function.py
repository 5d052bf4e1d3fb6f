"""Runs one of the bot's functions in a process of this machine, as Lambda would."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Thread, Timer
from typing import Any

from scripts.operate.log_lines import Line, is_own
from scripts.operate.logs import print_line
from scripts.terminal.problem import Problem

_HOST = Path(__file__).with_name("host.py")
_END_SECONDS = 5
"""How long a process may take to end with its standard input, before it is killed."""
_FOREIGN = ("AWS_", "OPENAI_", "SLACK_", "PYTHON")
"""Prefixes of the shell's variables that the bot must not see: it reads its secrets from SSM."""


class FunctionError(Problem):
    """A function failed or ended; the text is its error."""


class Function:
    """One process that runs a handler. It takes one event at a time."""

    def __init__(self, module: str, code: Path, variables: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_HOST), module],
            env={**_shell(), **variables, "PYTHONPATH": str(code)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # so that Ctrl-C does not end it in the middle of an answer
        )
        name = module.rpartition(".")[2]
        self._log = Thread(target=self._show_log, args=(name,), daemon=True)
        self._log.start()

    def invoke(self, event: Mapping[str, Any], seconds: float) -> Any:
        """What the handler returns. Raises `FunctionError`, also where that takes longer."""
        assert self._process.stdin
        assert self._process.stdout
        limit, started = Timer(seconds, self._process.kill), time.monotonic()
        limit.start()
        try:
            self._process.stdin.write(json.dumps(event) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = ""
        finally:
            limit.cancel()
        if not line:
            late = time.monotonic() - started >= seconds
            raise FunctionError(f"it took longer than {seconds} s" if late else "it ended")
        response = json.loads(line)
        if "error" in response:
            raise FunctionError(response["error"])
        return response["answer"]

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End the process, which must be idle."""
        assert self._process.stdin
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
        self._process.kill()
        self._process.wait()
        self._log.join()
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe
            pipe.close()

    def kill(self) -> None:
        """End the process at once; a running `invoke` raises `FunctionError`."""
        self._process.kill()

    def _show_log(self, name: str) -> None:
        """Print what the function logs, as it comes."""
        assert self._process.stderr
        for text in self._process.stderr:
            if line := _logged(text):
                print_line({**line, "function": name})
            else:
                sys.stderr.write(text)


def _logged(text: str) -> Line | None:
    """A line of the bot's log, or None for other output, such as a traceback."""
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if is_own(line) else None


def _shell() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
