"""The dev loop: what is saved is what answers, on this machine and in a dev environment.

It compares what is saved with what runs, whatever it was told of: saves that come while one is
brought out are brought out together thereafter, and the newest wins.
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
"""How long a save may stay quiet before it is looked at."""
_SETTLE_SECONDS = 0.05
"""Code that looks broken may be half of a save: it is read again after these."""


@dataclass(frozen=True, slots=True)
class Swap:
    """A new build that answers. Seconds, one after the other, since its file was saved."""

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
    place: SwapTarget, stop: threading.Event, told: Callable[[Swap], None] = lambda _: None
) -> None:
    """Bring out all that is saved until `stop` is set; `told` hears of each new build."""
    with Trial() as trial:
        loop = _Loop(place, trial, told)
        for at in _saves(stop):
            loop.catch_up(at)


def print_json(swap: Swap) -> None:
    """For scripts: one line of JSON on stdout for each new build."""
    sys.stdout.write(swap.as_json() + "\n")
    sys.stdout.flush()


def _saves(stop: threading.Event) -> Iterator[float]:
    """When something was saved, in epoch seconds; first of all, now: nothing is missed since."""
    before, seen = time.time(), 0.0
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
        # Beside node_modules/ and .venv/, which are large, this file cannot be watched.
        status = _status(ROOT / "cdk.json")
        alone = status.st_mtime if status else seen
        if first or changed or alone != seen:
            yield before if first else _newest(changed)
        first, seen = False, alone


def _newest(changed: set[tuple[watchfiles.Change, str]]) -> float:
    """When the last of the files was written, or renamed into its place."""
    now = time.time()
    found = [status.st_ctime for _, path in changed if (status := _status(Path(path)))]
    return max(found, default=now)


def _status(path: Path) -> os.stat_result | None:
    """None where the file is gone by now: editors make some that last for a moment."""
    try:
        return path.stat()
    except OSError:
        return None


class _Loop:
    """What was brought out last, against what is saved by now."""

    def __init__(self, place: SwapTarget, trial: Trial, told: Callable[[Swap], None]) -> None:
        self._place, self._trial, self._told = place, trial, told
        self._swapping, self._compared = Swapping(place), False
        self._stack, self._documents = saved.by_cloudformation(), saved.documents()
        self._tried = ""

    def catch_up(self, at: float) -> None:
        """Bring out what was saved, at a time in epoch seconds, and say in a line what was done."""
        noticed = max(0.0, time.time() - at)
        for part in (self._bring_out_stack, self._bring_out_code, self._bring_out_documents):
            try:
                part(noticed)
            except (BrokenCode, DoesNotStart) as error:
                _complain(error, "The code from before goes on serving.")
            except (Problem, BotoCoreError, ClientError, OSError) as error:
                self._tried, self._compared = "", False
                _complain(error, "What was deployed before goes on serving. Save again to retry.")

    def _bring_out_stack(self, _noticed: float) -> None:
        stack = saved.by_cloudformation()
        if stack == self._stack:
            return
        why = _changed(self._stack, stack)
        say(f"  {why} changed, which only a deployment of the stack brings out …")
        saved.check_stack()
        code, zipped = self._checked(Code.read())  # it goes with the stack
        with step("deployed"), self._swapping.nothing_running():
            self._place.deploy()
        self._stack = stack
        # The CDK reads the files anew, and may have packed what was saved meanwhile, unchecked.
        if not self._runs(code, zipped):
            self._swapping.swap(zipped, code.build)

    def _bring_out_code(self, noticed: float) -> None:
        started, code = time.monotonic(), Code.read()
        if code.build == self._tried:
            return
        code, zipped = self._checked(code)
        if not self._compared and self._runs(code, zipped):
            return
        checked = time.monotonic() - started
        swap = Swap(code.build, noticed, checked, self._swapping.swap(zipped, code.build))
        say(f"  {swap}")
        self._told(swap)

    def _bring_out_documents(self, _noticed: float) -> None:
        documents = saved.documents()
        if documents != self._documents:
            with step("knowledge indexed"):
                self._place.upload_knowledge()
            self._documents = documents

    def _runs(self, code: Code, zipped: bytes) -> bool:
        """Whether the functions run it already, as is said then."""
        same, self._compared = self._swapping.runs(zipped), True
        if same:
            say(f"  Build {code.build} runs, as it is saved.")
        return same

    def _checked(self, code: Code) -> tuple[Code, bytes]:
        """The code, or what it has become meanwhile, and its zip. Raises `BrokenCode`."""
        self._tried = code.build
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


def _complain(error: Exception, but: str) -> None:
    say(f"  [red]✗[/] {escape(str(error))}\n    {but}")


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """The files that differ, the first by name."""
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return f"{names[0]} (and {len(names) - 1} more)" if names[1:] else names[0]
