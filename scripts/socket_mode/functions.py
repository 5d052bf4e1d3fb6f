"""The two functions of one build, in processes of this machine, as AWS would run them.

A build is a copy of `bot/`: what is saved meanwhile, or is imported late, cannot mix with it.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock, Thread, Timer
from typing import Any

from scripts.logged import Line
from scripts.logs import print_line
from scripts.problem import Problem
from scripts.saved import BrokenCode, Code

_HOST = Path(__file__).with_name("host.py")
_START_SECONDS = 30
_END_SECONDS = 5
_NOT_FOR_IT = ("AWS_", "OPENAI_", "SLACK_", "PYTHON")
"""Variables of the shell that the bot has no business with: it reads its secrets from SSM."""


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
            start_new_session=True,  # Ctrl-C is not for it: what it has in hand is to be finished
        )
        self._log = Thread(target=self._show_log, args=(module.rpartition(".")[2],))
        self._log.start()

    def invoke(self, event: Mapping[str, Any], seconds: float) -> Any:
        """What the handler returns. Raises `FunctionError`, also when its time is over."""
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
        said = json.loads(line)
        if "error" in said:
            raise FunctionError(said["error"])
        return said["answer"]

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """Have it end; it must have nothing in hand."""
        assert self._process.stdin
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
        self._process.kill()
        self._process.wait()
        self._log.join()

    def kill(self) -> None:
        """End it in the middle of what it does, which then raises `FunctionError`."""
        self._process.kill()

    def _show_log(self, name: str) -> None:
        """What it logs and prints, as it comes."""
        assert self._process.stderr
        for text in self._process.stderr:
            if line := _logged(text):
                print_line({**line, "function": name})
            else:
                sys.stderr.write(text)


class Build:
    """One build's ingress, and as many workers as there are questions at once.

    `timeout` is a worker's, in seconds. `folder` is for the copy of the code.
    """

    def __init__(
        self, code: Code, folder: Path, variables: Mapping[str, str], timeout: float
    ) -> None:
        self._files = code.files
        self._folder, self._variables, self._timeout = folder, variables, timeout
        self._idle: list[Function] = []
        self._busy: set[Function] = set()
        self._retired = self._killed = False
        self._lock = Lock()

    def start(self) -> None:
        """Start both functions. Raises `BrokenCode` where one does not."""
        for name, content in self._files.items():
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self._ingress = self._function("bot.ingress")
        self._idle.append(self._function("bot.worker"))
        ping = {"ping": True}
        try:
            with ThreadPoolExecutor() as pool:
                both = (self._ingress, *self._idle)
                list(pool.map(lambda one: one.invoke(ping, _START_SECONDS), both))
        except FunctionError as error:
            self.kill()
            raise BrokenCode(str(error)) from None

    def take_in(self, http: Mapping[str, Any]) -> int:
        """Have the ingress judge a request; returns its HTTP status. Raises `FunctionError`."""
        if not self._ingress.alive:
            self._ingress = self._function("bot.ingress")
        status: int = self._ingress.invoke(http, self._timeout)["statusCode"]
        return status

    def worker(self) -> Function:
        """A worker that has nothing in hand, to `answer` with. A dead one is made up for."""
        with self._lock:
            if self._killed:
                raise FunctionError("it was stopped")
            while self._idle:
                if (worker := self._idle.pop()).alive:
                    break
                worker.close()
            else:
                worker = self._function("bot.worker")
            self._busy.add(worker)
            return worker

    def answer(self, worker: Function, record: Mapping[str, Any]) -> bool:
        """Have a record of the queue answered. Whether the worker is done with it.

        Raises `FunctionError` where the worker ended, as AWS kills one whose time is over.
        """
        try:
            said = worker.invoke({"Records": [record]}, self._timeout)
            return not said["batchItemFailures"]
        finally:
            self._give_back(worker)

    def retire(self) -> None:
        """Have it end as soon as it has nothing in hand."""
        with self._lock:
            self._retired = True
            idle, self._idle = self._idle, []
        for function in (self._ingress, *idle):
            function.close()
        self._clear()

    def kill(self) -> None:
        """End it, whatever it has in hand."""
        with self._lock:
            self._retired = self._killed = True
            idle, self._idle = self._idle, []
            for busy in self._busy:
                busy.kill()
        for function in (self._ingress, *idle):
            function.kill()
            function.close()

    def _give_back(self, worker: Function) -> None:
        with self._lock:
            self._busy.discard(worker)
            if not self._retired:
                return self._idle.append(worker)
        worker.close()
        return self._clear()

    def _clear(self) -> None:
        """Take the copy away once nobody runs it: there is one for every save."""
        if not self._busy:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _function(self, module: str) -> Function:
        return Function(module, self._folder, self._variables)


def _logged(text: str) -> Line | None:
    """A line as the bot logs it, or None for what else is printed, such as a traceback."""
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) and "event" in line else None


def _shell() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_NOT_FOR_IT)}
