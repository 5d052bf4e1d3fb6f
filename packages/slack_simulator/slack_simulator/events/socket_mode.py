"""Socket Mode: the app opens WebSockets to Slack, and receives all deliveries over them.

See https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Callable
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from slack_simulator.apps.app import App
from slack_simulator.shapes import Json
from slack_simulator.workspace.clock import Clock

PATH = "/link/"
_TYPES = {"event": "events_api", "command": "slash_commands"}
_HOST = {"host": "applink-simulator"}
_WARNING_SECONDS = 10.0
"""Simulated seconds between Slack's `disconnect` message and its closing of the connection."""


class _Connection:
    """One WebSocket of the app's, and the envelopes that it has not acknowledged yet."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._unanswered: dict[str, asyncio.Future[Json]] = {}
        self.life = asyncio.timeout(None)
        self.leaving = False

    async def send(self, message: Json) -> None:
        try:
            await self._websocket.send_json(message)
        except (RuntimeError, WebSocketDisconnect) as error:
            raise ConnectionError("the app hung up") from error

    async def ask(self, envelope: Json) -> Json:
        """Send an envelope and return what the app acknowledges it with."""
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._unanswered[envelope["envelope_id"]] = answer
        try:
            await self.send(envelope)
            return await answer
        finally:
            del self._unanswered[envelope["envelope_id"]]

    async def hear(self) -> None:
        """Take acknowledgements until the app hangs up."""
        with contextlib.suppress(WebSocketDisconnect):
            async for text in self._websocket.iter_text():
                message = json.loads(text)
                answer = self._unanswered.get(message["envelope_id"])
                if answer and not answer.done():
                    answer.set_result(message.get("payload") or {})

    async def leave(self, reason: str) -> None:
        self.leaving = True
        with contextlib.suppress(ConnectionError):
            await self.send({"type": "disconnect", "reason": reason, "debug_info": _HOST})

    def lose(self) -> None:
        for answer in self._unanswered.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the app hung up"))


class Sockets:
    """The connections of the installed app. `changed` hears of each that comes or goes."""

    def __init__(self, app: App, clock: Clock, changed: Callable[[], None]) -> None:
        self.app = app
        self._clock = clock
        self._changed = changed
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []

    @property
    def count(self) -> int:
        return len(self._connections)

    def address(self, url: str) -> str:
        """Where the app may connect, once; `url` is the server's."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return f"{url.replace('http', 'ws', 1)}{PATH}?ticket={ticket}&app_id={self.app.id}"

    async def serve(self, websocket: WebSocket) -> None:
        """Keep one connection until either side hangs up. A ticket is good for one."""
        ticket = websocket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            return await websocket.close()
        self._tickets.discard(ticket)
        await websocket.accept()
        connection = _Connection(websocket)
        if not self.app.manifest.socket_mode:
            await connection.leave("link_disabled")
            return await websocket.close()
        try:
            async with connection.life:
                self._connections.append(connection)
                await connection.send(self._hello())
                self._changed()
                await connection.hear()
        except ConnectionError:
            pass
        except TimeoutError:
            await websocket.close()
        finally:
            self._connections.remove(connection)
            connection.lose()
            self._changed()
        return None

    async def deliver(self, kind: str, body: Json, attempt: int) -> Json:
        """Hand the app something; returns its answer, mostly an empty one.

        Raises ConnectionError where nobody is there, or is not any more.
        """
        envelope: Json = {
            "envelope_id": str(uuid4()),
            "type": _TYPES.get(kind, "interactive"),
            "accepts_response_payload": kind != "event",
            "payload": body,
        }
        if kind == "event":
            envelope |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        return await self._next().ask(envelope)

    async def disconnect(self, reason: str) -> int:
        """Ask the app for other connections, and hang up on these soon; how many they are."""
        open_connections = self._staying()
        until = asyncio.get_running_loop().time() + self._clock.real(_WARNING_SECONDS)
        for connection in open_connections:
            connection.life.reschedule(until)
            await connection.leave(reason)
        return len(open_connections)

    def _next(self) -> _Connection:
        """Each in turn, so that a second attempt takes another one; those that leave come last."""
        if not self._connections:
            raise ConnectionError("the app is not connected")
        connection = (self._staying() or self._connections)[0]
        self._connections.remove(connection)
        self._connections.append(connection)
        return connection

    def _staying(self) -> list[_Connection]:
        """Those that Slack has not asked to leave."""
        return [connection for connection in self._connections if not connection.leaving]

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.count,
            "connection_info": {"app_id": self.app.id},
            "debug_info": {**_HOST, "approximate_connection_time": 18_060},
        }
