"""A command as a process of its own: what it prints, what it starts, what it leaves."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from slack_simulator import Control

ROOT = Path(__file__).resolve().parent.parent.parent
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Process:
    """One process as `ps` shows it."""

    pid: int
    parent: int
    group: int
    started: str
    command: str


class Local:
    """A running `./stackbot local`, or `./stackbot watch`, which has no page.

    Whatever it starts is noted while one waits for its lines.
    """

    def __init__(self, process: subprocess.Popen[bytes], temporary: Path, stderr: Path) -> None:
        self._process, self._temporary, self._stderr = process, temporary, stderr
        self._started: dict[tuple[int, str], Process] = {}
        self._scratch: set[Path] = {temporary}

    @property
    def pid(self) -> int:
        return self._process.pid

    @cached_property
    def url(self) -> str:
        """The page's address, as soon as it is printed."""
        return self.wait_for(r"Chat at\s+(http://127\.0\.0\.1:\d+)")[1]

    @property
    def slack(self) -> Control:
        return Control(self.url)

    @property
    def printed(self) -> str:
        return self._stderr.read_text()

    def wait_for(self, pattern: str, after: int = 0, seconds: float = 45) -> re.Match[str]:
        """Wait until `pattern` has been printed, behind so many characters."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._note_what_runs()
            if found := re.compile(pattern).search(self.printed, after):
                return found
            assert self._process.poll() is None, self.printed
            time.sleep(_POLL_SECONDS)
        raise TimeoutError(f"{pattern!r} was not printed in {seconds:g} s: {self.printed}")

    def wait_for_process(self, command: str, seconds: float = 45) -> None:
        """Wait until something has been started whose command line has this in it."""
        until = time.monotonic() + seconds
        while not any(command in process.command for process in self.started):
            assert time.monotonic() < until, self.printed
            self._note_what_runs()
            time.sleep(_POLL_SECONDS)

    def press_ctrl_c(self) -> int:
        """What a terminal sends to all that runs in its foreground; returns the exit status."""
        self._note_what_runs()
        os.killpg(self._process.pid, signal.SIGINT)
        return self._process.wait(20)

    def wait(self) -> int:
        """Wait until it has ended; returns the exit status."""
        return self._process.wait(20)

    def terminate(self) -> int:
        """What a supervisor sends to the one process that it knows; returns the exit status."""
        self._note_what_runs()
        self._process.terminate()
        return self._process.wait(30)

    @property
    def started(self) -> list[Process]:
        """Every process of it that was noticed."""
        return list(self._started.values())

    def processes_left(self, seconds: float = 5) -> list[Process]:
        """Which of its processes still run, or what else of their groups does.

        Whoever was killed may need a moment to be gone.
        """
        groups = {process.group for process in self.started}
        until = time.monotonic() + seconds
        while left := [p for p in _processes() if _key(p) in self._started or p.group in groups]:
            if time.monotonic() > until:
                break
            time.sleep(_POLL_SECONDS)
        return left

    def files_left(self) -> list[Path]:
        """What stands in the folder for temporary files, and the other ones that were made."""
        elsewhere = [folder for folder in self._scratch - {self._temporary} if folder.exists()]
        return [*self._temporary.iterdir(), *elsewhere]

    def _note_what_runs(self) -> None:
        running = {process.pid: process for process in _processes()}
        for process in running.values():
            if self._process.pid in _ancestry(process, running):
                self._started[_key(process)] = process
                self._scratch |= _temporary_folder_of(process)


@contextmanager
def running(
    command: Sequence[str | Path], folder: Path, checkout: Path = ROOT, **variables: str
) -> Iterator[Local]:
    """Run a command in a session of its own; `folder` is for its temporary files."""
    temporary, stderr = folder / "temporary", folder / "stderr"
    temporary.mkdir()
    shell = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    with stderr.open("wb") as printed:
        process = subprocess.Popen(
            command,
            cwd=checkout,
            env={**shell, "TMPDIR": str(temporary), "COLUMNS": "200", **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=printed,
            start_new_session=True,
        )
    try:
        yield Local(process, temporary, stderr)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


def _processes() -> list[Process]:
    """Everything that runs on this machine; what has ended and waits to be noticed does not."""
    columns = "pid=,ppid=,pgid=,stat=,lstart=,command="
    command = ["ps", "-Aww", "-o", columns]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    found = []
    for line in listed.stdout.splitlines():
        pid, parent, group, state, *rest = line.split(maxsplit=9)
        if not state.startswith("Z"):
            started, name = " ".join(rest[:5]), rest[5]
            found.append(Process(int(pid), int(parent), int(group), started, name))
    return found


def _ancestry(process: Process, running: dict[int, Process]) -> set[int]:
    """The ids of a process, its parent, its parent's parent and so on."""
    ids: set[int] = set()
    found: Process | None = process
    while found and found.pid not in ids:
        ids.add(found.pid)
        found = running.get(found.parent)
    return ids


def _key(process: Process) -> tuple[int, str]:
    """An id alone comes again."""
    return process.pid, process.started


def _temporary_folder_of(process: Process) -> set[Path]:
    """Where it keeps temporary files, on machines that tell."""
    try:
        variables = Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return set()
    name = b"TMPDIR="
    return {Path(os.fsdecode(v.removeprefix(name))) for v in variables if v.startswith(name)}
