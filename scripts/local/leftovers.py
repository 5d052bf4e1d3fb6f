"""What a killed command leaves behind, and how the next one finds and ends it.

While a command runs, a file tells which processes it has started and which folders it has made. A
process is named by its id and by when it started: an id alone is given to another one later.
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

from scripts.local.private_files import write_private

RECORDS = Path(__file__).resolve().parents[2] / ".stackbot" / "run"
PREFIX = "stackbot-"
"""What the names of our temporary folders begin with: no other folder is ever removed."""


@dataclass(frozen=True, slots=True)
class ProcessId:
    """One process, now and never again."""

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
            _kill_members(process.pid, str(folder))
    if folder and folder.name.startswith(PREFIX) and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)


def _kill(pid: int) -> None:
    """Kill a process, with its group where it leads one."""
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)


def _kill_members(group: int, folder: str) -> None:
    """Kill what is left of a group whose leader has ended: its Lambdas, which run from `folder`."""
    for line in _ps("-A", "-o", "pid=,pgid=,command=").splitlines():
        pid, of, command = line.split(maxsplit=2)
        if int(of) == group and folder in command:
            _kill(int(pid))


def _start_of(pid: int) -> str:
    """When the process `pid` started, as this machine tells it; "" where none runs."""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        # "4711 (name of it) S 1 …": proc(5) numbers the state 3 and the start, in ticks, 22.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else f"{boot} {fields[19]}"
    return _ps("-p", str(pid), "-o", "lstart=").strip()


def _ps(*arguments: str) -> str:
    return subprocess.run(["ps", "-ww", *arguments], capture_output=True, text=True).stdout
