"""A model on loopback that always streams the same answer, at once, and tells how long it took."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

_ANSWER = "Staging is deployed with `npx cdk deploy -c env=staging` [1]."


class ScriptedModel:
    """Serves OpenAI's Chat Completions, streamed, for as long as the `with` lasts."""

    def __init__(self) -> None:
        self._taken: list[float] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _requests_to(self._taken))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def seconds(self) -> float:
        """How long the newest answer took. Raises LookupError where there is none."""
        return self._taken[-1]


def _requests_to(taken: list[float]) -> type[BaseHTTPRequestHandler]:
    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            started = time.monotonic()
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            for word in _ANSWER.split(" "):
                self._send({"delta": {"content": f"{word} "}, "finish_reason": None})
            self._send({"delta": {}, "finish_reason": "stop"})
            self.wfile.write(b"data: [DONE]\n\n")
            taken.append(time.monotonic() - started)

        def _send(self, choice: dict[str, object]) -> None:
            chunk = {"id": "1", "object": "chat.completion.chunk", "model": "scripted"}
            event = json.dumps({**chunk, "choices": [{"index": 0, **choice}]})
            self.wfile.write(f"data: {event}\n\n".encode())

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    return Requests
