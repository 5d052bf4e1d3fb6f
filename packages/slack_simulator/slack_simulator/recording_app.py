"""An app for tests: it remembers what it heard, and answers what it was told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Heard:
    """A request as it reached the app."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        if self.headers["content-type"] == "application/json":
            return dict(json.loads(self.raw))
        form = {name: values[0] for name, values in parse_qs(self.raw.decode()).items()}
        return dict(json.loads(form["payload"])) if "payload" in form else form


@dataclass
class Hearer:
    """An app that remembers what it heard and answers what it was told to."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answer: str = ""
    hang: threading.Event | None = None

    def events(self) -> list[dict[str, Any]]:
        return [h.body["event"] for h in self.heard if h.body.get("type") == "event_callback"]

    def forget(self) -> None:
        self.heard.clear()
        self.statuses.clear()
        self.answer, self.hang = "", None

    def reply(self, heard: Heard) -> tuple[int, str]:
        self.heard.append(heard)
        if self.hang:
            self.hang.wait(5)
        asked = heard.body.get("type") == "url_verification"
        if asked and not self.answer and not self.statuses:
            return 200, str(heard.body["challenge"])
        return (self.statuses.pop(0) if self.statuses else 200), self.answer


@contextmanager
def running_app() -> Iterator[Hearer]:
    """The app on loopback, as long as the `with` lasts."""
    hearer = Hearer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = hearer.reply(Heard(headers, raw))
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer.encode())))
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a reset simulator hangs up on the deliveries under way."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    hearer.url = f"http://127.0.0.1:{server.server_port}/slack/events"
    try:
        yield hearer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
