"""One HTTP request from the event loop, its answer read whole.

No connection is reused: a delivery must not fail because the other side closed an idle one.
"""

import asyncio
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


async def post(url: str, headers: dict[str, str], body: bytes) -> Answer:
    """POST and read the answer. Raises OSError, or ConnectionError where no answer came."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    context = ssl.create_default_context() if secure else None
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = {
        "Host": parts.netloc,
        "Connection": "close",
        "Content-Length": str(len(body)),
    } | headers
    connection = h11.Connection(h11.CLIENT)
    request = h11.Request(method="POST", target=target, headers=list(fields.items()))
    try:
        for event in (request, h11.Data(data=body), h11.EndOfMessage()):
            writer.write(connection.send(event) or b"")
        await writer.drain()
        return await _read(connection, reader)
    except h11.RemoteProtocolError as error:
        raise ConnectionError(f"no valid HTTP answer: {error}") from error
    finally:
        writer.close()


async def _read(connection: h11.Connection, reader: asyncio.StreamReader) -> Answer:
    status, headers, body = 0, {}, b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65_536))
        elif isinstance(event, h11.Response):
            status = event.status_code
            headers = {name.decode(): value.decode("latin-1") for name, value in event.headers}
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            return Answer(status, headers, body)
        elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
            raise ConnectionError("the connection was closed before the answer")
