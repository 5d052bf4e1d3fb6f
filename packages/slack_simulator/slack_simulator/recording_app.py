"""An app for tests: it records the requests that it gets, and answers them as it is set to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class AppRequest:
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
class RecordingApp:
    """Answers with the next of `statuses`, or 200, and the body `answer`; `hang` makes it wait."""

    url: str = ""
    requests: list[AppRequest] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answer: str = ""
    hang: threading.Event | None = None

    def events(self) -> list[dict[str, Any]]:
        return [
            request.body["event"]
            for request in self.requests
            if request.body.get("type") == "event_callback"
        ]

    def forget(self) -> None:
        self.requests.clear()
        self.statuses.clear()
        self.answer, self.hang = "", None

    def reply(self, request: AppRequest) -> tuple[int, str]:
        self.requests.append(request)
        if self.hang:
            self.hang.wait(5)
        challenged = request.body.get("type") == "url_verification"
        if challenged and not self.answer and not self.statuses:
            return 200, str(request.body["challenge"])
        return (self.statuses.pop(0) if self.statuses else 200), self.answer


@contextmanager
def running_app() -> Iterator[RecordingApp]:
    """The app on loopback, as long as the `with` lasts."""
    app = RecordingApp()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = app.reply(AppRequest(headers, raw))
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
    app.url = f"http://127.0.0.1:{server.server_port}/slack/events"
    try:
        yield app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
