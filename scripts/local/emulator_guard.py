"""Lets nobody into the emulator but the programs that this run gave its secret to.

A web page of any site can send requests to ports of the machine that its reader sits at, and by
DNS rebinding it can read the answers. What gives such a request away: a `Host` that is not this
machine's, an `Origin` or a `Sec-Fetch-Site`, which only browsers send, and that it lacks the
secret. The secret travels as AWS's session token, so every AWS client sends it by itself.

https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/

The emulator's own Python runs this, so it imports the standard library alone; that is why the Slack
simulator, which has the same rule for headers, has it in its own `loopback` module.
"""

import hmac
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
RoleToken = Callable[[str], str | None]
"""Returns the session token of a role's access key; None where STS has issued no such key."""

_LOOPBACK = re.compile(  # "127.0.0.1:4566", "localhost"
    rb"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?", re.IGNORECASE
)
_PUBLIC = re.compile(
    r"/_aws/execute-api/[^/]+/[^/]+/"  # an HTTP API: /_aws/execute-api/1a2b3c4d/$default/slack
    r"|/_aws/lambda-url/[^/]+/"  # a function's URL
    r"|/_ministack/lambda-code/[^/]+"  # GetFunction's Code.Location
    r"|/_ministack/cfn-(?:response|signal)/[^/]+"  # a custom resource's ResponseURL
)
"""Paths that need no credentials on AWS, either, or have a secret in them."""
_ACCESS_KEY = re.compile(rb"Credential=(\w+)/")  # "AWS4-HMAC-SHA256 Credential=ASIA…/2026…/…"
_CORS = b"access-control-"  # https://fetch.spec.whatwg.org/#http-responses


def guarded(app: App, secret: str, role_token: RoleToken = lambda _: None) -> App:
    """The ASGI application `app` for those who know `secret` or hold a role's token.

    All others get status 403, and a WebSocket is closed before it opens.
    """
    expected = secret.encode()

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await app(scope, receive, send)
        reason = _refusal(scope["headers"])
        is_public = _PUBLIC.match(scope["path"])
        if not reason and not is_public and not _has_secret(scope, expected, role_token):
            reason = "the session token of this run is missing"
        if reason:
            return await _refuse(scope, receive, send, reason)
        return await app(scope, receive, _without_cors(send))

    return guard


def _refusal(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Why no program of this machine sends such headers; "" where one may."""
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) != 1 or not _LOOPBACK.fullmatch(hosts[0]):
        return "the Host is not this machine's"
    for name, value in headers:
        if name == b"origin" or (name == b"sec-fetch-site" and value != b"none"):
            return "web pages have no business here"
    return ""


def _has_secret(scope: Scope, expected: bytes, role_token: RoleToken) -> bool:
    """Whether the request has the secret, in a header or presigned, or a role's own token.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    """
    headers = dict(scope["headers"])
    token = headers.get(b"x-amz-security-token")
    if token is None:
        query = parse_qs(scope.get("query_string", b""))
        (presigned, *_) = query.get(b"X-Amz-Security-Token", [b""])
        return hmac.compare_digest(presigned, expected)
    if hmac.compare_digest(token, expected):
        return True
    key = _ACCESS_KEY.search(headers.get(b"authorization", b""))
    of_role = role_token(key[1].decode()) if key else None
    return bool(of_role) and hmac.compare_digest(token, str(of_role).encode())


async def _refuse(scope: Scope, receive: Receive, send: Send, reason: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        # "Policy violation": https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
        return await send({"type": "websocket.close", "code": 1008})
    body = f"This AWS emulator is for the command that started it: {reason}.\n".encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    return await send({"type": "http.response.body", "body": body})


def _without_cors(send: Send) -> Send:
    """Leave out the headers by which the emulator lets every web page read its answers."""

    async def filtered(message: Message) -> None:
        if "headers" in message:
            headers = [(n, v) for n, v in message["headers"] if not n.lower().startswith(_CORS)]
            message = {**message, "headers": headers}
        await send(message)

    return filtered
