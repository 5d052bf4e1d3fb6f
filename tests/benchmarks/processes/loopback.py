"""AWS, and Slack, on loopback: takes what the contestants send, and answers at once.

Each connection serves one call: on AWS every service is a host of its own.
"""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Json = dict[str, Any]
SLACK = {"bot_token": "xoxb-fake", "bot_id": "B1", "bot_user_id": "UBOT", "team_id": "T1"}
SECRET = "not-a-real-secret"
PARAMETERS = {"signing-secret": SECRET, "slack": json.dumps(SLACK), "openai-api-key": "none"}
_CLAIM = {"attempt": {"N": "1"}, "since": {"N": "1"}, "posted": {"L": []}}
_ANSWERS: dict[str, Json] = {
    "SendMessage": {"MessageId": "m1", "MD5OfMessageBody": "0" * 32},
    "UpdateItem": {"Attributes": _CLAIM},
}


class Loopback:
    """What was called, and when, in epoch seconds."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[tuple[str, float]] = []

    def first(self, operation: str, seconds: float) -> float:
        """When an operation, such as "SendMessage", was first called, waiting for it.

        Raises TimeoutError.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for name, at in self.calls:
                if name == operation:
                    return at
            time.sleep(0.01)
        raise TimeoutError(f"{operation} was not called, but {[name for name, _ in self.calls]}")


@contextmanager
def loopback(certificate: Path | None = None) -> Iterator[Loopback]:
    """Serve on an ephemeral port; with TLS where there is a certificate (its key beside it)."""
    calls = Loopback()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _requests_to(calls))
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    calls.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield calls
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _requests_to(calls: Loopback) -> type[BaseHTTPRequestHandler]:
    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        timeout = 10

        def do_POST(self) -> None:
            at = time.time()
            body = self.rfile.read(int(self.headers["content-length"]))
            operation = self.headers.get("x-amz-target", self.path).rpartition(".")[2]
            calls.calls.append((operation, at))
            status, answer = _answer(operation, body)
            self._write(status, json.dumps(answer).encode())

        def do_GET(self) -> None:
            calls.calls.append(("GetObject", time.time()))
            self._write(404, b"<Error><Code>NoSuchKey</Code></Error>")

        def _write(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    return Requests


def _answer(operation: str, body: bytes) -> tuple[int, Json]:
    if operation == "GetParameter":
        name = str(json.loads(body)["Name"]).rpartition("/")[2]
        return 200, {"Parameter": {"Name": name, "Value": PARAMETERS[name]}}
    if operation.endswith("/invocations"):
        return 202, {}
    if operation.startswith("/api/"):
        return 200, {"ok": True, "ts": "2.2", "channel": "C1"}
    return 200, _ANSWERS.get(operation, {})
