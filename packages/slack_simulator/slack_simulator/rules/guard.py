"""Which requests the server accepts: those of this machine's programs and of its own page.

A web page of any site can have its reader's browser send requests and open WebSockets to a port of
this machine, and by DNS rebinding it can read the answers. Three things give it away, none of which
a page can change: the `Host` is not this machine's, the `Origin` is another than the `Host`, or
`Sec-Fetch-Site` says that it is a foreign page which asks. Programs send none of the last two.

https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_LOOPBACK = re.compile(rb"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?", re.IGNORECASE)
"""A `Host` header of this machine: `127.0.0.1:3900`, `localhost`, `[::1]:3900`."""
_OWN_PAGES = (b"same-origin", b"none")
"""`none` is what a person typed or bookmarked."""
_ALONE = (b"x-frame-options", b"DENY")
"""A page that shows ours in a frame could have people click on what they do not see."""


def guarded(app: App) -> App:
    """The ASGI application `app`, out of foreign pages' reach: they get status 403.

    A link to the page itself may be followed from anywhere.
    """

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await app(scope, receive, send)
        if why := refusal(scope["headers"], scope["path"]):
            return await _refuse(scope, receive, send, why)
        return await app(scope, receive, _never_framed(send))

    return guard


def refusal(headers: Iterable[tuple[bytes, bytes]], path: str) -> str:
    """Why a request with these headers comes from a foreign page, or nothing."""
    fields = list(headers)
    hosts = [value for name, value in fields if name == b"host"]
    if len(hosts) != 1 or not _LOOPBACK.fullmatch(hosts[0]):
        return "the Host is not this machine's"
    for name, value in fields:
        if name == b"origin" and value != b"http://" + hosts[0]:
            return "the Origin is another page's"
        if name == b"sec-fetch-site" and value not in _OWN_PAGES and not _is_link(fields, path):
            return "another site's page sent it"
    return ""


def _is_link(headers: Iterable[tuple[bytes, bytes]], path: str) -> bool:
    """Whether a person followed a link to the page, in a window of its own."""
    fields = dict(headers)
    mode, into = fields.get(b"sec-fetch-mode"), fields.get(b"sec-fetch-dest")
    return (path, mode, into) == ("/", b"navigate", b"document")


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        return await send({"type": "websocket.close", "code": 1008})
    error = {
        "ok": False,
        "error": f"this Slack is for programs and the page of this machine: {why}",
    }
    body = json.dumps(error).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    return await send({"type": "http.response.body", "body": body})


def _never_framed(send: Send) -> Send:
    async def framed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], _ALONE]}
        await send(message)

    return framed
