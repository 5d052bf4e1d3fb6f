"""Cutting a connection with no answer at all, as a network does."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send


def droppable(app: ASGIApp) -> ASGIApp:
    """Give requests a way to cut their connection: uvicorn's `send` knows its transport."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        cycle: Any = getattr(send, "__self__", None)
        if scope["type"] == "http" and cycle is not None:
            scope["abort"] = cycle.transport.abort
        await app(scope, receive, send)

    return wrapped


async def dropped(request: Request) -> Response:
    """Cut the connection. The response returned is for nobody."""
    abort: Callable[[], None] = request.scope["abort"]
    abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()
