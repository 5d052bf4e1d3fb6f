"""The simulator as one server: Slack's Web API, the control API and the page on one port."""

import asyncio
import errno
import socket
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from slack_simulator.apps.app import App, no_app
from slack_simulator.apps.manifest import SAMPLE, Manifest
from slack_simulator.control import routes as control
from slack_simulator.control.client import Control
from slack_simulator.events import response_urls, socket_mode
from slack_simulator.events.dispatch import checked_url
from slack_simulator.rules.connection import droppable
from slack_simulator.rules.faults import Judge
from slack_simulator.rules.guard import guarded
from slack_simulator.shapes import Json
from slack_simulator.web_api import endpoint
from slack_simulator.workspace import files, people
from slack_simulator.workspace.slack import Slack

PAGE = Path(__file__).parent / "page"
_ASK_AGAIN = {"Cache-Control": "no-cache"}
Handler = Callable[[Slack, Request], Awaitable[Response]]


def create_app(slack: Slack) -> ASGIApp:
    """The ASGI application around one workspace."""

    def on(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            return await handler(slack, request)

        return handle

    routes = [
        Route("/api/{method}", on(endpoint.handle), methods=["GET", "POST"]),
        WebSocketRoute(socket_mode.PATH, slack.sockets.serve),
        Route("/files-pri/{team_and_id}/{name:path}", on(files.download)),
        Route("/login", on(files.login)),
        Route("/response/{key}", on(response_urls.handle), methods=["POST"]),
        *(
            Route(f"/control{route.path}", on(_json_only(route.run)), methods=[route.method])
            for route in control.ROUTES
        ),
        Route("/", _index),
        Mount("/page", _Page(directory=PAGE, check_dir=False)),
    ]
    return droppable(guarded(Starlette(routes=routes)))


def _json_only(handler: Handler) -> Handler:
    """Take orders as application/json alone, which no page of another site sends unasked.

    See https://fetch.spec.whatwg.org/#cors-safelisted-request-header
    """

    async def handle(slack: Slack, request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.method == "POST" and kind != "application/json":
            return JSONResponse({"error": "an order's Content-Type is application/json"}, 415)
        return await handler(slack, request)

    return handle


async def _index(request: Request) -> Response:  # noqa: ARG001 - a route's shape
    if not (PAGE / "index.html").exists():
        return PlainTextResponse("The simulator runs; its page is not there.", 404)
    return FileResponse(PAGE / "index.html", headers=_ASK_AGAIN)


class _Page(StaticFiles):
    """The page's files. A browser that kept some of an older version would mix the two."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(_ASK_AGAIN)
        return response


class _Server(uvicorn.Server):
    """Stops at once: uvicorn's own loop looks only every 0.1 s whether it should."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._end = asyncio.Event()

    def end(self) -> None:
        self.should_exit = True
        self._end.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._end.wait()


class Simulator:
    """A Slack on 127.0.0.1 in a thread of its own, from `with` to the end of the block.

    `port` 0 takes a free one; `crowd` is how many people more there are. An app is installed, what
    `manifest` says or else a sample, unless the workspace is `bare`. Raises OSError with a plain
    sentence where the port is taken.
    """

    def __init__(
        self,
        port: int = 0,
        manifest: Json | None = None,
        signing_secret: str = "not-a-real-secret",  # noqa: S107 - that is its point
        bot_token: str = "xoxb-fake",  # noqa: S107
        app_token: str = "xapp-fake",  # noqa: S107
        request_url: str | None = None,
        limits: bool | Mapping[str, bool | float] = True,
        time_scale: float = 1.0,
        crowd: int = 0,
        bare: bool = False,
    ) -> None:
        url = checked_url(request_url) if request_url else None
        app_manifest = Manifest.from_json(manifest or SAMPLE)
        sample = App(app_manifest, signing_secret=signing_secret, app_token=app_token, url=url)
        app = no_app() if bare else sample
        self._slack = Slack(app, "" if bare else bot_token, limits, time_scale, crowd)
        self._port = port
        self._ready = threading.Event()
        self._socket: socket.socket | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """The base URL for slack_sdk, with its final slash."""
        return f"{self.url}/api/"

    @property
    def control(self) -> Control:
        """A client that acts as the people and reads everything."""
        return Control(self.url)

    @property
    def credentials(self) -> dict[str, str]:
        """What the installed app knows of itself: the JSON of its Slack parameter."""
        return {
            "bot_token": self._slack.bot_token,
            "bot_id": people.BOT,
            "bot_user_id": people.BOT_USER,
            "team_id": people.TEAM,
            "app_id": self._slack.app.id,
        }

    def be_judged(self, judge: Judge | None) -> None:
        """Have `judge` decide, on the server's own thread, what happens to each call and delivery.

        None lets everything pass again, but for the faults that were ordered.
        """
        self._slack.faults.judge = judge

    def install(self, manifest: Json) -> None:
        """Let the app be what `manifest` says from now on, as after a new installation."""
        self._slack.app.manifest = Manifest.from_json(manifest)
        self._slack.scopes = self._slack.app.manifest.scopes

    def start(self) -> Self:
        """Take the port and serve. Raises OSError where the port is taken."""
        self._socket = _listen(self._port)
        self._port = self._socket.getsockname()[1]
        self._slack.url = self.url
        config = uvicorn.Config(
            create_app(self._slack), http="h11", ws="wsproto", lifespan="off", access_log=False,
            log_level="error", proxy_headers=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._run, name="slack-simulator", daemon=True)
        self._thread.start()
        self._ready.wait()
        return self

    def stop(self) -> None:
        """Stop serving; deliveries under way are given up."""
        if self._loop and self._server and self._thread:
            self._loop.call_soon_threadsafe(self._finish)
            self._thread.join()
            self._thread = None
        if self._socket:
            self._socket.close()

    def wait(self) -> None:
        """Block for as long as it serves."""
        while self._thread and self._thread.is_alive():
            self._thread.join(0.5)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        assert self._server
        assert self._socket
        self._loop = asyncio.get_running_loop()
        self._loop.call_soon(self._ready.set)
        await self._server.serve(sockets=[self._socket])

    def _finish(self) -> None:
        assert self._server
        self._slack.dispatcher.cancel()
        self._slack.feed.close()
        self._server.end()


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio switches Nagle's algorithm off: it costs 40 ms an answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise OSError(error.errno, _why_not(error, port)) from error
    listener.listen(128)
    return listener


def _why_not(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken: stop what uses it, or choose another with --port"
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine has no 127.0.0.1: give its loopback that address"
    return f"nothing can listen on 127.0.0.1:{port}: {error.strerror}"
