"""Ports on 127.0.0.1, where everything on this machine listens."""

import errno
import socket

from scripts.terminal.problem import Problem

_NOT_THERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""No interface has the address, or the machine has no IPv4 at all: see ip(7) and socket(2)."""


class Unusable(Problem):
    """No server could listen on the port, whoever else does; the message has the way out."""


def free_port() -> int:
    """A port that nothing listens on now. Raises `Unusable`."""
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])
    except OSError as error:
        raise unusable(error, 0) from None


def port_is_free(port: int) -> bool:
    """Whether a server could listen on the port, or another one does. Raises `Unusable`."""
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise unusable(error, port) from None
    return True


def unusable(error: OSError, port: int) -> Unusable:
    """What to do about an error of `bind` that is not a port's being taken."""
    if error.errno in _NOT_THERE:
        return Unusable(
            "This machine has no 127.0.0.1, where StackBot listens, perhaps because it has IPv6"
            " alone: give its loopback the address (Linux: sudo ip link set lo up && sudo ip addr"
            " add 127.0.0.1/8 dev lo), and run this again."
        )
    if error.errno == errno.EACCES:
        return Unusable(
            f"Port {port} is for this machine's administrator: choose one from 1024 on with --port."
        )
    return Unusable(f"Nothing can listen on 127.0.0.1:{port} ({error.strerror}).")
