"""What a process and all that it started listen on, as Linux tells it."""

import re
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_LISTENING = "0A"
"""TCP_LISTEN in /proc/net/tcp: https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html"""
_INODE = re.compile(r"socket:\[(\d+)\]")  # "socket:[91238]"


@dataclass(frozen=True, slots=True)
class Listener:
    address: str
    port: int
    command: str

    @property
    def on_loopback(self) -> bool:
        return self.address == "::1" or self.address.startswith("127.")


def listeners(pid: int) -> list[Listener]:
    """Every TCP socket on which the process `pid` or a descendant of it listens."""
    listening = dict(_table("tcp", socket.AF_INET)) | dict(_table("tcp6", socket.AF_INET6))
    return [
        Listener(*listening[inode], _command(process))
        for process in descendants(pid)
        for inode in _sockets(process)
        if inode in listening
    ]


def descendants(pid: int) -> list[int]:
    """The process and all that it started, directly or not."""
    parents = {int(p.name): _parent(p) for p in _PROC.iterdir() if p.name.isdecimal()}
    pids = [pid]
    for process in pids:
        pids += [child for child, parent in parents.items() if parent == process]
    return pids


def environment(pid: int) -> dict[str, str]:
    """The variables that a process was started with; its owner alone may read them."""
    pairs = (_PROC / str(pid) / "environ").read_text().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def _command(pid: int) -> str:
    return (_PROC / str(pid) / "cmdline").read_text().replace("\0", " ")


def _parent(process: Path) -> int:
    try:
        # "4711 (name of it) S 42 …"
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _sockets(pid: int) -> Iterator[str]:
    try:
        links = [link.readlink() for link in (_PROC / str(pid) / "fd").iterdir()]
    except OSError:
        return
    for link in links:
        if match := _INODE.fullmatch(str(link)):
            yield match[1]


def _table(name: str, family: socket.AddressFamily) -> Iterator[tuple[str, tuple[str, int]]]:
    """The inodes of the listening sockets, and where they listen."""
    for line in (_PROC / "net" / name).read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == _LISTENING:
            address, port = fields[1].split(":")  # "0100007F:0F3C" is 127.0.0.1:3900
            words = [
                struct.pack("=I", int(address[i : i + 8], 16)) for i in range(0, len(address), 8)
            ]
            yield fields[9], (socket.inet_ntop(family, b"".join(words)), int(port, 16))
