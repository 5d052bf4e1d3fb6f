"""What advisory databases said of real packages, without the addresses that they refer to.

OSV's answer holds an advisory as it stands in GitHub's advisory database (github/advisory-database,
GHSA-462w-v97r-4m45), in the envelope that OSV's documentation of POST /v1/query shows. npm's is
from npm's own tests (npm/cli, workspaces/arborist/test/fixtures/audit-nyc-mkdirp).
"""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

OSV = {
    "jinja2": {
        "schema_version": "1.4.0",
        "id": "GHSA-462w-v97r-4m45",
        "modified": "2023-08-30T21:01:31Z",
        "published": "2019-04-10T14:30:24Z",
        "aliases": ["CVE-2019-10906"],
        "summary": "Jinja2 sandbox escape via string formatting",
        "details": "In Pallets Jinja before 2.10.1, `str.format_map` allows a sandbox escape.",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N"}],
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "jinja2"},
                "ranges": [
                    {
                        "type": "ECOSYSTEM",
                        "events": [{"introduced": "0"}, {"fixed": "2.10.1"}],
                    }
                ],
            }
        ],
        "database_specific": {
            "cwe_ids": ["CWE-693"],
            "severity": "HIGH",
            "github_reviewed": True,
            "github_reviewed_at": "2020-06-16T20:57:35Z",
            "nvd_published_at": "2019-04-07T00:29:00Z",
        },
    }
}
_AFFECTED = {"jinja2": {"2.10"}}
NPM = {
    "minimist": [
        {
            "id": 1179,
            "url": "https://advisories.example/advisories/1179",
            "title": "Prototype Pollution",
            "severity": "low",
            "vulnerable_versions": "<0.2.1 || >=1.0.0 <1.2.3",
        }
    ]
}


@contextmanager
def databases() -> Iterator[str]:
    """The address of a server on this machine that answers as OSV and as npm's registry."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Databases)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Databases(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        query = json.loads(body)
        if self.path == "/v1/query":
            package = query["package"]["name"]
            hit = query["version"] in _AFFECTED.get(package, ())
            self._answer(200, {"vulns": [OSV[package]]} if hit else {})
        elif self.path == "/-/npm/v1/security/advisories/bulk":
            self._answer(200, {name: NPM[name] for name in query if name in NPM})
        else:
            self._answer(404, {})

    def do_GET(self) -> None:
        self._answer(404, {"error": "not found"})

    def _answer(self, status: int, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the tests' output is their own."""
