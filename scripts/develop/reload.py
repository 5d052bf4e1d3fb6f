"""The development loop: saved code answers at once, on this machine and in a dev environment.

At each notification it compares the saved files with what runs. Saves that come while one is being
deployed are deployed together thereafter, so the newest wins.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import watchfiles
from botocore.exceptions import BotoCoreError, ClientError
from rich.markup import escape

from scripts.aws.cdk import ROOT
from scripts.deploy.functions import DoesNotStart
from scripts.develop import saved
from scripts.develop.import_check import Trial
from scripts.develop.saved import BrokenCode, Code
from scripts.develop.swap import Swapping, SwapTarget, Times
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say, step

_STEP_MS = 10
"""How long no other file may be saved before the loop reads them."""
_SETTLE_SECONDS = 0.05
"""Broken code may be half of a save, so it is read again after this time."""


@dataclass(frozen=True, slots=True)
class Swap:
    """A new build that answers, and the seconds of each phase since its file was saved."""

    build: str
    noticed: float
    checked: float
    times: Times

    @property
    def phases(self) -> dict[str, float]:
        return {"noticed": self.noticed, "checked": self.checked, **asdict(self.times)}

    def as_json(self) -> str:
        seconds = {name: round(value, 4) for name, value in self.phases.items()}
        return json.dumps({"build": self.build, "seconds": seconds})

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {value:.2f}" for name, value in self.phases.items())
        total = sum(self.phases.values())
        return f"[green]✓[/] build {self.build} answers [dim]{total:.2f} s: {parts}[/]"


def watch(
    target: SwapTarget, stop: threading.Event, on_swap: Callable[[Swap], None] = lambda _: None
) -> None:
    """Deploy what is saved until `stop` is set, and call `on_swap` with each new build."""
    with Trial() as trial:
        loop = _Loop(target, trial, on_swap)
        for at in _saves(stop):
            loop.catch_up(at)


def print_json(swap: Swap) -> None:
    """Print a new build as one line of JSON on stdout, for scripts."""
    sys.stdout.write(swap.as_json() + "\n")
    sys.stdout.flush()


def _saves(stop: threading.Event) -> Iterator[float]:
    """The time of each save, in epoch seconds, after that of the start, from which on all count."""
    start, cdk_json = time.time(), 0.0
    first = True
    changes = watchfiles.watch(
        *(ROOT / name for name in saved.FOLDERS),
        debounce=3 * _STEP_MS,
        step=_STEP_MS,
        stop_event=stop,
        rust_timeout=200,
        yield_on_timeout=True,
    )
    for changed in changes:
        # Not watched: that takes a watch on its folder, with the large node_modules/ and .venv/.
        status = _status(ROOT / "cdk.json")
        modified = status.st_mtime if status else cdk_json
        if first or changed or modified != cdk_json:
            yield start if first else _newest(changed)
        first, cdk_json = False, modified


def _newest(changed: set[tuple[watchfiles.Change, str]]) -> float:
    """The epoch seconds at which the last of the files was written, or renamed into its place."""
    now = time.time()
    times = [status.st_ctime for _, path in changed if (status := _status(Path(path)))]
    return max(times, default=now)


def _status(path: Path) -> os.stat_result | None:
    """The file's status; None where it is gone, as editors' temporary files soon are."""
    try:
        return path.stat()
    except OSError:
        return None


class _Loop:
    """Compares what is saved with what was deployed last, and deploys what differs."""

    def __init__(self, target: SwapTarget, trial: Trial, on_swap: Callable[[Swap], None]) -> None:
        self._target, self._trial, self._on_swap = target, trial, on_swap
        self._swapping, self._compared = Swapping(target), False
        self._stack, self._documents = saved.by_cloudformation(), saved.documents()
        self._checked_build = ""

    def catch_up(self, at: float) -> None:
        """Deploy what was saved at a time in epoch seconds, and print a line about it."""
        noticed = max(0.0, time.time() - at)
        for part in (self._deploy_stack, self._deploy_code, self._deploy_documents):
            try:
                part(noticed)
            except (BrokenCode, DoesNotStart) as error:
                _complain(error, "The code from before goes on serving.")
            except (Problem, BotoCoreError, ClientError, OSError) as error:
                self._checked_build, self._compared = "", False
                _complain(error, "What was deployed before goes on serving. Save again to retry.")

    def _deploy_stack(self, _noticed: float) -> None:
        stack = saved.by_cloudformation()
        if stack == self._stack:
            return
        files = _changed(self._stack, stack)
        say(f"  {files} changed, which only a deployment of the stack brings out …")
        saved.check_stack()
        code, zipped = self._checked(Code.read())  # which is deployed with the stack
        with step("deployed"), self._swapping.nothing_running():
            self._target.deploy()
        self._stack = stack
        # The CDK reads the files itself: it may have packed unchecked ones, saved meanwhile.
        if not self._runs(code, zipped):
            self._swapping.swap(zipped, code.build)

    def _deploy_code(self, noticed: float) -> None:
        started, code = time.monotonic(), Code.read()
        if code.build == self._checked_build:
            return
        code, zipped = self._checked(code)
        if not self._compared and self._runs(code, zipped):
            return
        checked = time.monotonic() - started
        swap = Swap(code.build, noticed, checked, self._swapping.swap(zipped, code.build))
        say(f"  {swap}")
        self._on_swap(swap)

    def _deploy_documents(self, _noticed: float) -> None:
        documents = saved.documents()
        if documents != self._documents:
            with step("knowledge indexed"):
                self._target.upload_knowledge()
            self._documents = documents

    def _runs(self, code: Code, zipped: bytes) -> bool:
        """Whether the functions run the code already; prints it, too."""
        runs, self._compared = self._swapping.runs(zipped), True
        if runs:
            say(f"  Build {code.build} runs, as it is saved.")
        return runs

    def _checked(self, code: Code) -> tuple[Code, bytes]:
        """The code, or what was saved since if it is broken, and its zip. Raises `BrokenCode`."""
        self._checked_build = code.build
        try:
            return code, self._packed(code)
        except BrokenCode:
            time.sleep(_SETTLE_SECONDS)
            again = Code.read()
            if again == code:
                raise
            return self._checked(again)

    def _packed(self, code: Code) -> bytes:
        with ThreadPoolExecutor() as pool:
            zipped = pool.submit(code.zipped)
            self._trial.run(code)
            return zipped.result()


def _complain(error: Exception, consequence: str) -> None:
    say(f"  [red]✗[/] {escape(str(error))}\n    {consequence}")


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """The first file that differs, and how many more do: "cdk.json (and 2 more)"."""
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return f"{names[0]} (and {len(names) - 1} more)" if names[1:] else names[0]
