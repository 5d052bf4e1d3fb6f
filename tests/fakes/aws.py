"""AWS on 127.0.0.1: takes the bot's signed calls, remembers them, and fails when told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

Json = dict[str, Any]

WRITTEN = "Mon, 02 Nov 2026 08:00:00 GMT"
"""When every object was written."""


@dataclass(frozen=True)
class Call:
    """One signed call, such as "SendMessage", or "GetObject" with its bucket and key."""

    operation: str
    payload: Json
    headers: dict[str, str]
    port: int
    """The caller's port: the same one for calls over one connection."""


@dataclass
class Failure:
    """How to fail the next calls. Status 0 hangs up without an answer."""

    status: int
    answer: Json | bytes
    times: int


@dataclass
class FakeAws:
    """What the services hold. Tests fill it and read it directly."""

    url: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    messages: list[Json] = field(default_factory=list)
    items: dict[str, Json] = field(default_factory=dict)
    objects: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    failures: dict[str, Failure] = field(default_factory=dict)
    together: threading.Barrier | None = None
    """Where set, calls are answered once as many of them wait."""

    def fail(
        self,
        operation: str,
        status: int,
        code: str = "InternalError",
        times: int = 99,
        answer: bytes = b"",
    ) -> None:
        """Fail the next calls of `operation` with an error, or with `answer` as it is.

        The key of an object stands for all calls that ask for it.
        """
        error = {"__type": f"com.amazonaws#{code}"}
        self.failures[operation] = Failure(status, answer or error, times)

    def called(self, operation: str) -> list[Call]:
        return [call for call in self.calls if call.operation == operation]

    def reset(self) -> None:
        for held in (self.parameters, self.items, self.objects, self.failures):
            held.clear()
        self.messages.clear()
        self.calls.clear()
        self.together = None

    def answer(self, call: Call) -> tuple[int, Json | bytes, str]:
        """Return the status, the answer, and the ETag of an object."""
        self.calls.append(call)
        if self.together:
            self.together.wait(5)
        failure = self.failures.get(call.operation) or self.failures.get(
            call.payload.get("Key", "")
        )
        if failure and failure.times:
            failure.times -= 1
            return failure.status, failure.answer, ""
        if call.operation == "GetObject":
            return self._get_object(call)
        served = getattr(self, f"_{call.operation}", None)
        if served is None:
            return 400, {"__type": "UnknownOperationException"}, ""
        status, answer = served(call.payload)
        return status, answer, ""

    def _GetParameter(self, payload: Json) -> tuple[int, Json]:  # noqa: N802
        if payload["Name"] not in self.parameters:
            return 400, {"__type": "ParameterNotFound"}
        return 200, {"Parameter": {"Value": self.parameters[payload["Name"]]}}

    def _SendMessage(self, payload: Json) -> tuple[int, Json]:  # noqa: N802
        """Accept a message once per deduplication id."""
        ids = [message["MessageDeduplicationId"] for message in self.messages]
        if payload["MessageDeduplicationId"] not in ids:
            self.messages.append(payload)
            ids.append(payload["MessageDeduplicationId"])
        number = ids.index(payload["MessageDeduplicationId"]) + 1
        return 200, {"MessageId": f"message-{number}"}

    def _PutItem(self, payload: Json) -> tuple[int, Json]:  # noqa: N802
        """Put an item, under the one condition that the ingress states."""
        assert payload["ConditionExpression"] == "attribute_not_exists(pk) OR #at < :at"
        key = payload["Item"]["pk"]["S"]
        at = float(payload["ExpressionAttributeValues"][":at"]["N"])
        if key in self.items and float(self.items[key]["at"]["N"]) >= at:
            return 400, {"__type": "com.amazonaws.dynamodb#ConditionalCheckFailedException"}
        self.items[key] = payload["Item"]
        return 200, {}

    def _get_object(self, call: Call) -> tuple[int, Json | bytes, str]:
        name = f"{call.payload['Bucket']}/{call.payload['Key']}"
        if name not in self.objects:
            return 404, b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>", ""
        content, etag = self.objects[name]
        return (
            (304, b"", etag) if call.headers.get("if-none-match") == etag else (200, content, etag)
        )


@contextmanager
def running_aws() -> Iterator[FakeAws]:
    """Serve a `FakeAws` on an ephemeral port."""
    aws = FakeAws()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _requests_to(aws))
    server.daemon_threads = True
    aws.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield aws
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _requests_to(aws: FakeAws) -> type[BaseHTTPRequestHandler]:
    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        timeout = 10

        def do_POST(self) -> None:
            payload = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self._serve(self.headers["x-amz-target"].rpartition(".")[2], payload)

        def do_GET(self) -> None:
            bucket, _, key = unquote(self.path).removeprefix("/").partition("/")
            self._serve("GetObject", {"Bucket": bucket, "Key": key, "Path": self.path})

        def _serve(self, operation: str, payload: Json) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer, etag = aws.answer(
                Call(operation, payload, headers, self.client_address[1])
            )
            self.close_connection = self.close_connection or status == 0
            if status == 0:
                return
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("etag", etag)
            self.send_header("last-modified", WRITTEN)
            if status != 304:
                self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    return Requests
