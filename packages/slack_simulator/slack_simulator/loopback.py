"""HTTP servers on 127.0.0.1, in threads, for as long as a `with` lasts.

They serve programs of this machine alone: requests that a web page has a browser send are refused.
"""

import re
import sys
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

_LOOPBACK = re.compile(rb"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?", re.IGNORECASE)
"""A `Host` header of this machine: `127.0.0.1:3900`, `localhost`, `[::1]:3900`."""


class LoopbackServer(ThreadingHTTPServer):
    """Serves until the block ends. Whoever hangs up, such as a killed worker, is no error."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _guarded(handler))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        serve = lambda: self.serve_forever(poll_interval=0.01)  # noqa: E731 - it has to end soon
        threading.Thread(target=serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _guarded(handler: type[BaseHTTPRequestHandler]) -> type[BaseHTTPRequestHandler]:
    """The handler, which answers a web page's requests with status 403."""

    class Guarded(handler):  # type: ignore[valid-type, misc]
        def parse_request(self) -> bool:
            if not super().parse_request():
                return False
            headers = [(n.lower().encode(), v.encode()) for n, v in self.headers.items()]
            if why := _refusal(headers):
                self.close_connection = True
                self.send_error(403, why)
            return not why

    return Guarded


def _refusal(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Why no program of this machine sends such headers, or nothing."""
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) != 1 or not _LOOPBACK.fullmatch(hosts[0]):
        return "the Host is not this machine's"
    for name, value in headers:
        if name == b"origin" or (name == b"sec-fetch-site" and value != b"none"):
            return "web pages have no business here"
    return ""
