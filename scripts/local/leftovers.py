"""Ends the processes, and removes the folders, that a killed command has left behind.

While a command runs, one file in `.stackbot/run` for each names the processes and folders that it
has made. A process is identified by its id and by when it started, since the system uses ids again.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from scripts.local.whole_file import write_private

RECORDS = Path(__file__).resolve().parents[2] / ".stackbot" / "run"
PREFIX = "stackbot-"
"""The names of our temporary folders begin with it: no other folder is ever removed."""


@dataclass(frozen=True, slots=True)
class ProcessId:
    """Identifies one process for good."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Self:
        return cls(pid, _start_of(pid))

    @property
    def runs(self) -> bool:
        return bool(self.started) and _start_of(self.pid) == self.started


@contextmanager
def recorded(folder: str | Path | None = None, pid: int | None = None) -> Iterator[None]:
    """Have a later command end the process and remove the folder, should this one be killed."""
    record = {
        "owner": asdict(ProcessId.of(os.getpid())),
        "process": asdict(ProcessId.of(pid)) if pid else None,
        "folder": str(folder) if folder else None,
    }
    file = RECORDS / f"{os.getpid()}-{secrets.token_hex(4)}.record"
    write_private(file, json.dumps(record))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def end_leftovers() -> None:
    """End what commands have left that run no more, and remove their folders."""
    for file in sorted(RECORDS.glob("*.record")):
        try:
            record = json.loads(file.read_text())
            if not ProcessId(**record["owner"]).runs:
                _end(record)
                file.unlink(missing_ok=True)
        except (OSError, ValueError, KeyError, TypeError):
            continue  # another command has just done it, or somebody else wrote the file


def _end(record: dict[str, Any]) -> None:
    folder = Path(record["folder"]) if record["folder"] else None
    if record["process"]:
        process = ProcessId(**record["process"])
        if process.runs:
            _kill(process.pid)
        elif folder:
            kill_members(process.pid, str(folder))  # its Lambdas, which run from there
    if folder and folder.name.startswith(PREFIX) and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)


def kill_members(group: int, part: str) -> int:
    """Kill the processes of a group whose command lines contain `part`; returns how many."""
    lines = (line.split(maxsplit=2) for line in _ps("-A", "-o", "pid=,pgid=,command=").splitlines())
    pids = [int(pid) for pid, of, command in lines if int(of) == group and part in command]
    for pid in pids:
        _kill(pid)
    return len(pids)


def _kill(pid: int) -> None:
    """Kill a process, with its group where it leads one."""
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)


def _start_of(pid: int) -> str:
    """When the process `pid` started, as this machine tells it; "" where none runs."""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        # "4711 (its name) S 1 …": the state is field 3 and the start, in ticks, field 22 of
        # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else f"{boot} {fields[19]}"
    return _ps("-p", str(pid), "-o", "lstart=").strip()


def _ps(*arguments: str) -> str:
    return subprocess.run(["ps", "-ww", *arguments], capture_output=True, text=True).stdout
