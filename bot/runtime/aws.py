"""Signed AWS calls with nothing but the standard library: boto3 alone takes 200 ms to import.

Only http.client is imported beside hashing and JSON. `typing` and `dataclasses` are left out on
purpose: together they would add a quarter to the start of the ingress.
"""

from __future__ import annotations

import json
import time
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import quote, urlsplit

from bot.runtime.signing import Credentials, sign

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from ssl import SSLContext
    from typing import Any

_JSON_VERSION = {"ssm": "1.1"}
"""In the content type "application/x-amz-json-1.1"; all other services that are called take 1.0.
See the `jsonVersion` of each service in botocore's data."""

_THROTTLED = {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "SlowDown"}
"""Error codes of throttled calls that do not have "Throttl" in their name, as botocore lists them:
https://boto3.amazonaws.com/v1/documentation/api/latest/guide/retries.html."""

_MAX_IDLE_SECONDS = 15.0
"""An idle connection is used again no later than this: a server may have closed its end by then."""

_RETRY_SECONDS = 0.05


class AwsError(Exception):
    """A call failed. Status 0 means that no answer came; then the code says why.

    AWS's own message is left out, since it may repeat what was sent.
    """

    def __init__(self, service: str, operation: str, status: int, code: str) -> None:
        super().__init__(f"{service} {operation} failed: {status} {code}")
        self.service = service
        self.operation = operation
        self.status = status
        self.code = code


class Client:
    """Calls AWS services in one region; safe to share between threads.

    `endpoint` replaces every service's own address, as an emulator wants it. `timeout` is in
    seconds, for connecting and for each read.
    """

    def __init__(
        self,
        region: str,
        credentials: Credentials,
        endpoint: str | None = None,
        timeout: float = 2.0,
    ) -> None:
        self.region = region
        self._credentials = credentials
        self._endpoint = endpoint
        self._timeout = timeout
        self._tls: SSLContext | None = None
        # A thread takes a connection out while it uses it: list.pop and append are atomic.
        self._idle: dict[str, list[tuple[float, HTTPConnection]]] = {}

    def __repr__(self) -> str:
        return f"Client({self.region!r}, endpoint={self._endpoint!r})"

    def call(self, service: str, target: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Call `target`, such as "AmazonSQS.SendMessage", of a JSON service. Raises `AwsError`."""
        headers = {
            "content-type": f"application/x-amz-json-{_JSON_VERSION.get(service, '1.0')}",
            "x-amz-target": target,
        }
        body = json.dumps(payload, separators=(",", ":")).encode()
        url = self._endpoint or service_url(service, self.region)
        operation = target.rpartition(".")[2]
        status, _, answer = self._send(service, operation, "POST", url, "/", headers, body)
        if status != 200:
            raise AwsError(service, operation, status, _json_code(answer))
        try:
            parsed: dict[str, Any] = json.loads(answer or b"{}")
        except ValueError:
            raise AwsError(service, operation, status, "NotJson") from None
        return parsed

    def get_object(self, bucket: str, key: str, etag: str | None) -> tuple[bytes, str, str] | None:
        """Read an object, its ETag and when it was written, as HTTP says it.

        None if it still has `etag`. Raises `AwsError`.
        """
        url, path = object_url(bucket, key, self.region, self._endpoint)
        headers = {"if-none-match": etag} if etag else {}
        status, response_headers, answer = self._send(
            "s3", "GetObject", "GET", url, path, headers, b""
        )
        if status == 304:
            return None
        if status != 200:
            raise AwsError("s3", "GetObject", status, _xml_code(answer))
        modified = response_headers.get("last-modified", "")
        return answer, response_headers.get("etag", ""), modified

    def close(self) -> None:
        """Close the connections that are kept; the next call opens a new one."""
        for idle in self._idle.values():
            while idle:
                idle.pop()[1].close()

    def _send(
        self,
        service: str,
        operation: str,
        method: str,
        url: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send, once more if it is worth it, and return the status, the headers and the body."""
        origin = urlsplit(url)
        for last_try in (False, True):
            signed = sign(
                method, origin.netloc, path, headers, body, service, self.region, self._credentials
            )
            connection = self._connection(origin.scheme, origin.netloc, fresh=last_try)
            reused = connection.sock is not None
            try:
                connection.request(method, path, body or None, signed)
                response = connection.getresponse()
                answer = response.read()
            except (OSError, HTTPException) as error:
                connection.close()
                # A time-out on a new connection has used up what Slack's three seconds leave.
                if last_try or (isinstance(error, TimeoutError) and not reused):
                    raise AwsError(service, operation, 0, type(error).__name__) from None
                continue
            self._keep(origin.netloc, connection, response)
            if last_try or not _worth_a_retry(response.status, answer):
                break
            time.sleep(_RETRY_SECONDS)
        return response.status, {k.lower(): v for k, v in response.headers.items()}, answer

    def _connection(self, scheme: str, host: str, fresh: bool) -> HTTPConnection:
        idle = self._idle.setdefault(host, [])
        while idle and not fresh:
            try:
                since, connection = idle.pop()
            except IndexError:  # another thread was quicker
                break
            if time.time() - since < _MAX_IDLE_SECONDS:
                return connection
            connection.close()
        if scheme == "http":
            return HTTPConnection(host, timeout=self._timeout)
        return HTTPSConnection(host, timeout=self._timeout, context=self._context())

    def _keep(self, host: str, connection: HTTPConnection, response: HTTPResponse) -> None:
        if response.will_close:
            connection.close()
        else:
            self._idle[host].append((time.time(), connection))

    def _context(self) -> SSLContext:
        if self._tls is None:
            import ssl

            self._tls = ssl.create_default_context()
        return self._tls


def service_url(service: str, region: str) -> str:
    """Return a service's own address; China has a domain of its own."""
    china = ".cn" if region.startswith("cn-") else ""
    return f"https://{service}.{region}.amazonaws.com{china}"


def object_url(bucket: str, key: str, region: str, endpoint: str | None) -> tuple[str, str]:
    """Return the address of an object and its quoted path."""
    path = f"/{quote(key, safe='/~')}"
    if endpoint:
        return endpoint, f"/{bucket}{path}"
    if "." in bucket:  # a certificate's wildcard covers no dots
        return service_url("s3", region), f"/{bucket}{path}"
    return service_url(f"{bucket}.s3", region), path


def _worth_a_retry(status: int, answer: bytes) -> bool:
    if status >= 500 or status == 429:
        return True
    code = _json_code(answer) if status == 400 else ""
    return code in _THROTTLED or "Throttl" in code


def _json_code(answer: bytes) -> str:
    """Read the error's name, such as "ParameterNotFound", from a JSON service's answer."""
    try:
        name = str(json.loads(answer)["__type"])
    except (ValueError, TypeError, KeyError):
        return "Unknown"
    return name.rpartition("#")[2].partition(":")[0]


def _xml_code(answer: bytes) -> str:
    return answer.partition(b"<Code>")[2].partition(b"</Code>")[0].decode() or "Unknown"
