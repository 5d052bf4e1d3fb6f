"""Why a port cannot be had: each reason has its own way out."""

import errno
import os
import socket

import pytest

from scripts.local.ports import free_port, port_is_free, unusable


def test_a_port_is_free_until_something_listens_on_it() -> None:
    port = free_port()
    assert port_is_free(port)
    with socket.create_server(("127.0.0.1", port)):
        assert not port_is_free(port)


@pytest.mark.parametrize(
    ("number", "way_out"),
    [
        (errno.EADDRNOTAVAIL, "ip addr add 127.0.0.1/8 dev lo"),  # ip(7): no interface has it
        (errno.EAFNOSUPPORT, "ip addr add 127.0.0.1/8 dev lo"),  # socket(2): no IPv4 at all
        (errno.EACCES, "choose one from 1024 on with --port"),  # bind(2): a protected port
        (errno.EPERM, "Nothing can listen on 127.0.0.1:80 (Operation not permitted)"),
    ],
)
def test_what_is_not_a_taken_port_is_not_called_one(number: int, way_out: str) -> None:
    sentence = str(unusable(OSError(number, os.strerror(number)), 80))
    assert way_out in sentence
    assert "taken" not in sentence
