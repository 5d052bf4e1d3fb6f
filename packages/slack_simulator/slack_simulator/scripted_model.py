"""An OpenAI-compatible model server on loopback that answers as a test scripts it.

    with ModelServer() as model:
        model.will_fail(429)
        model.will_say("Friday is a holiday [1].")

Each call scripts one request, in order; an unscripted request is answered with `model.otherwise`.
To decide by the request instead, override `next_act`.
"""

import json
import select
import socket
import threading
import time
from array import array
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any, Self

from slack_simulator.loopback import LoopbackServer

Act = Callable[["Answering"], None]


class ModelServer:
    def __init__(self, port: int = 0) -> None:
        self.requests: list[dict[str, Any]] = []
        """The bodies of the requests so far; their headers are in `headers`."""
        self.headers: list[dict[str, str]] = []
        self.otherwise = "The model has nothing to say about that."
        self.vector_of: Callable[[str], Sequence[float]] = lambda _: [1.0]
        """The vector of a text, for requests of embeddings."""
        self.seconds: list[float] = []
        """Seconds that each answer took which was written to its end."""
        self.hung_up = threading.Event()
        """Set once a client closed its connection while its answer was still being written."""
        self.stopping = threading.Event()
        self._script: deque[Act] = deque()
        self._server = LoopbackServer(Answering, port)
        self._server.model = self  # type: ignore[attr-defined]
        self.url = f"{self._server.url}/v1"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.__exit__(None, None, None)

    def forget(self) -> None:
        """Drop the rest of the script, and what was asked so far."""
        self._script.clear()
        self.seconds.clear()
        self.requests.clear()
        self.headers.clear()
        self.hung_up.clear()

    def will_say(self, text: str, *, piece: int = 7, seconds_between: float = 0.0) -> None:
        """Stream the text in pieces of so many characters."""
        self._script.append(lambda to: to.stream(text, piece, seconds_between))

    def will_call(self, name: str, *, text: str = "", **arguments: Any) -> None:
        """Call one tool, in pieces as OpenAI cuts them; after some text where there is any."""
        self.will_call_all((name, arguments), text=text)

    def will_call_all(self, *calls: tuple[str, dict[str, Any]], text: str = "") -> None:
        """Call several tools at once."""
        self._script.append(lambda to: to.call(calls, text))

    def will_fail(
        self,
        status: int,
        *,
        code: str = "",
        retry_after: float | None = 0,
        message: str = "as scripted",
    ) -> None:
        """Answer with an HTTP error, such as 429, 500 or 401."""
        self._script.append(lambda to: to.refuse(status, code, retry_after, message))

    def will_break_after(self, text: str) -> None:
        """Stream the text, then cut the connection."""
        self._script.append(lambda to: to.stream(text, then="cut"))

    def will_end_early_after(self, text: str) -> None:
        """Stream the text, then end the response in order but without a finish reason."""
        self._script.append(lambda to: to.stream(text, then="end early"))

    def will_stall_after(self, text: str) -> None:
        """Stream the text, then say nothing more until the client hangs up."""
        self._script.append(lambda to: to.stream(text, then="stall"))

    def will_stall(self) -> None:
        """Take the request and never answer it."""
        self._script.append(lambda to: to.wait_for_hang_up())

    def will_reach_its_limit_after(self, text: str) -> None:
        self._script.append(lambda to: to.stream(text, finish="length"))

    def will_refuse_by_filter(self) -> None:
        self._script.append(lambda to: to.stream("", finish="content_filter"))

    def will_say_without_streaming(self, text: str) -> None:
        """Answer with one JSON document, as a server that ignores `stream` does."""
        self._script.append(lambda to: to.answer_whole(text))

    def will_send(self, *lines: str) -> None:
        """Stream exactly these lines, whatever they are."""
        self._script.append(lambda to: to.send_lines(lines))

    def next_act(self, request: dict[str, Any]) -> Act:
        """What to do with a request, whose body this is."""
        if self._script:
            return self._script.popleft()
        if "input" in request:
            return lambda to: to.embed()
        return lambda to: to.stream(self.otherwise)


class Answering(BaseHTTPRequestHandler):
    """One request, and the ways in which a server may answer it."""

    protocol_version = "HTTP/1.1"

    @property
    def model(self) -> ModelServer:
        model: ModelServer = self.server.model  # type: ignore[attr-defined]
        return model

    def do_POST(self) -> None:
        started = time.monotonic()
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.model.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.request_body: dict[str, Any] = json.loads(body)
        self.model.requests.append(self.request_body)
        try:
            self.model.next_act(self.request_body)(self)
        except ConnectionError:
            self.model.hung_up.set()
            self.close_connection = True
        else:
            self.model.seconds.append(time.monotonic() - started)

    def stream(
        self,
        text: str,
        piece: int = 7,
        seconds_between: float = 0.0,
        then: str = "",
        finish: str = "stop",
    ) -> None:
        self._start_stream()
        for start in range(0, len(text), piece):
            self._event({"choices": [_choice(text[start : start + piece])]})
            time.sleep(seconds_between)
        if then == "stall":
            return self.wait_for_hang_up()
        if then == "leave open":
            return None
        if then == "cut":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        if not then:
            return self._finish(finish, len(text))
        return self._chunk(b"")

    def call(self, calls: Sequence[tuple[str, dict[str, Any]]], text: str) -> None:
        self._start_stream()
        if text:
            self._event({"choices": [_choice(text)]})
        for index, (name, arguments) in enumerate(calls):
            call_id = f"call_{len(self.model.requests)}_{index}"
            self._piece({"index": index, "id": call_id, "type": "function"}, name=name)
            arguments_json = json.dumps(arguments)
            for start in range(0, len(arguments_json), 7):
                self._piece({"index": index}, arguments=arguments_json[start : start + 7])
        self._finish("tool_calls", len(text))

    def _piece(self, call: dict[str, Any], **function: str) -> None:
        delta = {"tool_calls": [{**call, "function": {"arguments": "", **function}}]}
        self._event({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})

    def _finish(self, reason: str, length: int) -> None:
        self._event({"choices": [_choice("", reason)]})
        if self.request_body.get("stream_options", {}).get("include_usage"):
            self._event({"choices": [], "usage": _usage(length)})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def refuse(
        self, status: int, code: str, retry_after: float | None, message: str = "as scripted"
    ) -> None:
        error = {"error": {"message": message, "code": code or None}}
        headers = {} if retry_after is None else {"retry-after": str(retry_after)}
        self._whole(status, error, headers)

    def answer_whole(self, text: str) -> None:
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        self._whole(200, {"id": "1", "object": "chat.completion", "choices": [choice]}, {})

    def embed(self) -> None:
        """Answer with the vectors of the texts, in the encoding of the request."""
        texts = self.request_body["input"]
        vectors = [self.model.vector_of(text) for text in texts]
        if self.request_body.get("encoding_format") == "base64":
            encoded: list[Any] = [b64encode(array("f", vector)).decode() for vector in vectors]
        else:
            encoded = [list(vector) for vector in vectors]
        data = [
            {"object": "embedding", "index": number, "embedding": vector}
            for number, vector in enumerate(encoded)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        self._whole(200, {"object": "list", "data": data, "model": "scripted", "usage": usage}, {})

    def send_lines(self, lines: tuple[str, ...]) -> None:
        self._start_stream()
        for line in lines:
            self._chunk(f"{line}\n".encode())
        self._chunk(b"")

    def wait_for_hang_up(self) -> None:
        self.close_connection = True
        while not self.model.stopping.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.02)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                self.model.hung_up.set()
                return

    def _start_stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def _event(self, fields: dict[str, Any]) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "model": "scripted", **fields}
        self._chunk(f"data: {json.dumps(chunk)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _whole(self, status: int, document: dict[str, Any], headers: dict[str, str]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """What came is in `requests`; nothing is printed."""


def _choice(text: str, finish: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": {"content": text}, "finish_reason": finish}


def _usage(length: int) -> dict[str, int]:
    return {"prompt_tokens": 100, "completion_tokens": length, "total_tokens": 100 + length}
