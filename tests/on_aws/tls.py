"""Stands where TLS ends before AWS: what passes came by HTTPS, as policies like to insist on.

The emulator listens on plain HTTP, and once it enforces IAM, the bucket of CDK's bootstrap lets
nobody in who comes that way.
"""

from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from slack_simulator.loopback import LoopbackServer

_OF_ONE_LEG = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


def tls_ends_here(upstream: str) -> LoopbackServer:
    """A server that passes everything on to `upstream`, and says that it came by HTTPS."""
    host = urlsplit(upstream).netloc

    class Passes(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _OF_ONE_LEG}
            onward = HTTPConnection(host, timeout=120)
            try:
                onward.request(
                    self.command, self.path, body, headers | {"X-Forwarded-Proto": "https"}
                )
                answer = onward.getresponse()
                content = answer.read()
            finally:
                onward.close()
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in _OF_ONE_LEG or self.command == "HEAD":
                    self.send_header(name, value)
            if self.command != "HEAD":
                self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _pass_on  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nobody asks."""

    return LoopbackServer(Passes)
