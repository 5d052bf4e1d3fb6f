"""One build's two functions. A build runs from its own copy of `bot/`.

So modules that are imported late are of the same build, whatever has been saved since.
"""

import itertools
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

from scripts.develop.saved import BrokenCode, Code
from scripts.develop.socket_mode.function import Function, FunctionError

_START_SECONDS = 30


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
        self._ingress = self._function("bot.ingress.handler")
        self._idle.append(self._function("bot.worker.handler"))
        ping = {"ping": True}
        try:
            with ThreadPoolExecutor() as pool:
                functions = (self._ingress, *self._idle)
                list(pool.map(lambda function: function.invoke(ping, _START_SECONDS), functions))
        except FunctionError as error:
            self.kill()
            raise BrokenCode(str(error)) from None
        except KeyboardInterrupt:
            self.kill()
            raise

    def take_in(self, http: Mapping[str, Any]) -> int:
        """Have the ingress judge a request; returns its HTTP status. Raises `FunctionError`."""
        if not self._ingress.alive:
            self._ingress = self._function("bot.ingress.handler")
        response = self._ingress.invoke(http, self._timeout)
        try:
            return int(response["statusCode"])
        except (TypeError, KeyError, ValueError):
            raise FunctionError("bot.ingress.handler returns no response") from None

    def worker(self) -> Function:
        """An idle worker, to `answer` with; a new one where there is none that lives."""
        with self._lock:
            if self._killed:
                raise FunctionError("it was stopped")
            while self._idle:
                if (worker := self._idle.pop()).alive:
                    break
                worker.close()
            else:
                worker = self._function("bot.worker.handler")
            self._busy.add(worker)
            return worker

    def answer(self, worker: Function, record: Mapping[str, Any]) -> bool:
        """Have a record of the queue answered; returns whether it was processed.

        Raises `FunctionError` where the worker ended, as AWS kills one whose time is over.
        """
        try:
            response = worker.invoke({"Records": [record]}, self._timeout)
            return not response["batchItemFailures"]
        except (TypeError, KeyError):
            raise FunctionError("bot.worker.handler returns no batchItemFailures") from None
        finally:
            self._give_back(worker)

    def retire(self) -> None:
        """End the build as soon as it has answered what it is working on."""
        with self._lock:
            self._retired = True
            idle, self._idle = self._idle, []
        for function in (self._ingress, *idle):
            function.close()
        self._clear()

    def kill(self) -> None:
        """End the build at once, whatever it is working on."""
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
        """Remove the copy once no function runs from it: every save makes one."""
        if not self._busy:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _function(self, module: str) -> Function:
        return Function(module, self._folder, self._variables)


class Builder:
    """Makes builds of saved code, each in its own folder below `folder`."""

    def __init__(self, folder: Path, variables: Mapping[str, str], timeout: float) -> None:
        self._folder, self._variables, self._timeout = folder, variables, timeout
        self._numbers = itertools.count(1)

    def started(self, code: Code) -> Build:
        """Make a build and start it. Raises `BrokenCode`."""
        code.compiled()
        folder = self._folder / f"build-{next(self._numbers)}"
        build = Build(code, folder, self._variables, self._timeout)
        build.start()
        return build
