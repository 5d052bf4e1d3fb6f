"""Stands between the Lambdas and AWS on loopback, so that something can happen at each call."""

import json
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from slack_simulator.loopback import LoopbackServer

Json = dict[str, Any]
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_SERVICES = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs", "AmazonSSM": "ssm"}
# "SET posted = list_append(posted, :m), since = :s": the first assignment
_ASSIGNS = re.compile(r"SET (.+?)(?:,(?![^(]*\))|$)")


@dataclass(slots=True)
class AwsCall:
    """One call on its way: `body` may still be changed. `name` tells writes of one table apart."""

    operation: str
    body: Json

    @property
    def name(self) -> str:
        wrote = _ASSIGNS.match(str(self.body.get("UpdateExpression", "")))
        key = str(self.body.get("Key", {}).get("pk", {}).get("S", "")).partition("#")[0]
        attribute = wrote[1].partition("list_append")[0].removesuffix("= ") if wrote else ""
        return " ".join(part for part in (self.operation, key, attribute.strip()) if part)


Passing = Callable[[AwsCall], Callable[[], bool]]
"""Called before a call is passed on; raises `Cut` to have it lost. What it returns is called
afterwards: True loses the answer."""


class Cut(Exception):
    """The connection is to be cut before the call takes effect."""


def aws_proxy(upstream: str, passing: Passing) -> LoopbackServer:
    """A server that passes on to `upstream`."""
    return LoopbackServer(_handler(upstream, passing))


def _handler(upstream: str, passing: Passing) -> type[BaseHTTPRequestHandler]:
    host = urlsplit(upstream).netloc

    class Passes(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            self.upstream = HTTPConnection(host, timeout=30)

        def finish(self) -> None:
            self.upstream.close()
            super().finish()

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            prefix, _, operation = self.headers.get("x-amz-target", "").partition(".")
            call = AwsCall(f"{_SERVICES.get(prefix, 's3')} {operation or 'GetObject'}", {})
            if operation:
                call.body = json.loads(raw or b"{}")
            try:
                afterwards = passing(call)
                # Whoever changed the body broke its signature, which the emulator does not read.
                self._pass_on(json.dumps(call.body).encode() if operation else raw, afterwards)
            except (Cut, OSError, HTTPException):
                self.close_connection = True
                self._hang_up()

        do_GET = do_POST  # noqa: N815 - the name that http.server looks for

        def _pass_on(self, body: bytes, afterwards: Callable[[], bool]) -> None:
            headers = {n: v for n, v in self.headers.items() if n.lower() not in _HOP_BY_HOP}
            self.upstream.request(self.command, self.path, body or None, headers)
            answer = self.upstream.getresponse()
            content = answer.read()
            if afterwards():
                raise Cut
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _hang_up(self) -> None:
            try:
                self.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # whoever was killed has hung up first

        def log_message(self, *_: object) -> None:
            """The campaign counts for itself."""

    return Passes
