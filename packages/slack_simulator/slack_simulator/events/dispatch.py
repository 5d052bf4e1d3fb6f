"""Deliveries to the app: signed, timed, retried as Slack retries, and recorded.

What causes a delivery never waits for it: each runs as a task of its own.
"""

import asyncio
import itertools
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from slack_simulator.apps.app import App
from slack_simulator.events import http_post
from slack_simulator.events.socket_mode import Sockets
from slack_simulator.rules.faults import Fault, Faults
from slack_simulator.rules.limits import Limits
from slack_simulator.shapes import Json
from slack_simulator.signing import signed_headers
from slack_simulator.workspace.clock import Clock
from slack_simulator.workspace.feed import Feed
from slack_simulator.workspace.records import Delivery

RETRIES = (0.0, 60.0, 300.0)
"""Simulated seconds before each further attempt at an event; an interaction gets one attempt.

See https://docs.slack.dev/apis/events-api/
"""

SOCKET = "socket"
"""The URL of deliveries over a socket."""

Answered = Callable[[Delivery], None]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something to deliver: `body` is what the app should see once it has parsed it.

    `secret` signs it where it is for another app than the installed one.
    """

    kind: str
    type: str
    key: str
    body: Json
    secret: str = ""

    def encode(self) -> tuple[str, bytes]:
        """The content type and the bytes: events as JSON, all else as Slack's forms."""
        if self.kind in ("event", "url_verification"):
            return "application/json", json.dumps(self.body, ensure_ascii=False).encode()
        form = self.body if self.kind == "command" else {"payload": json.dumps(self.body)}
        return "application/x-www-form-urlencoded", urlencode(form).encode()


def checked_url(url: str) -> str:
    """A URL one can deliver to. Raises ValueError."""
    parts = urlsplit(url)
    try:
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise ValueError(f"the request URL {url!r} is no http or https URL")
    return url


class Dispatcher:
    """Sends parcels to the installed app's request URL, if there is one, or over its sockets."""

    def __init__(
        self,
        app: App,
        clock: Clock,
        limits: Limits,
        faults: Faults,
        feed: Feed,
        sockets: Sockets,
    ) -> None:
        self.app = app
        self.deliveries: list[Delivery] = []
        self._clock = clock
        self._limits = limits
        self._faults = faults
        self._feed = feed
        self._sockets = sockets
        self._ids = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether a delivery is under way or waits for another attempt."""
        return bool(self._tasks)

    def send(self, parcel: Parcel, answered: Answered | None = None) -> None:
        """Deliver in the background; `answered` is called with the last attempt."""
        if not self._destination:
            return
        task = asyncio.get_running_loop().create_task(self._deliver(parcel, answered))
        self._tasks.add(task)
        task.add_done_callback(self._over)

    async def try_once(
        self, parcel: Parcel, url: str, attempt: int = 0, reason: str | None = None
    ) -> Delivery:
        """One attempt, now. A fault ordered for it strikes here."""
        fault = self._faults.pick("delivery", parcel.type, parcel.body | {"attempt": attempt})
        first = self._attempt(parcel, url, attempt, reason, fault)
        if fault and fault.action == "duplicate":
            second = self._attempt(parcel, url, attempt, reason, fault)
            return (await asyncio.gather(first, second))[0]
        return await first

    @property
    def _destination(self) -> str:
        """In Socket Mode the request URL is of no account."""
        return SOCKET if self.app.manifest.socket_mode else self.app.url or ""

    def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._feed.wake()

    async def _deliver(self, parcel: Parcel, answered: Answered | None) -> None:
        delivery = await self.try_once(parcel, self._destination)
        for attempt, wait in enumerate(RETRIES if parcel.kind == "event" else (), start=1):
            if delivery.ok or delivery.error == "no_retry":
                break
            await asyncio.sleep(self._clock.real(wait))
            delivery = await self.try_once(parcel, self._destination, attempt, delivery.error)
        if answered:
            answered(delivery)

    async def _attempt(
        self, parcel: Parcel, url: str, attempt: int, reason: str | None, fault: Fault | None
    ) -> Delivery:
        content_type, body = parcel.encode()
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (simulator)"}
        headers |= signed_headers(parcel.secret or self.app.signing_secret, body)
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason or ""}
        if url == SOCKET:
            headers = {}
        delivery = Delivery(
            next(self._ids), parcel.kind, parcel.type, parcel.key, attempt, url, headers,
            parcel.body, reason, fault=fault.action if fault else None,
        )  # fmt: skip
        self.deliveries.append(delivery)
        self._feed.publish("delivery", {"delivery": delivery.as_json()})
        start = time.perf_counter()
        await self._ask(delivery, body, fault)
        delivery.duration = (time.perf_counter() - start) * 1_000
        delivery.ok = delivery.error is None
        delivery.done = True
        self._feed.publish("delivery", {"delivery": delivery.as_json()})
        return delivery

    async def _ask(self, delivery: Delivery, body: bytes, fault: Fault | None) -> None:
        """Send it and write down the answer, or how there was none, in Slack's words."""
        if fault and fault.action == "delay":
            await asyncio.sleep(fault.seconds)
        if fault and fault.action == "drop" and not fault.after:
            delivery.error = "connection_failed"
            return
        if not fault or fault.action != "status" or fault.after:
            await self._post(delivery, body)
        match fault.action if fault else None:
            case "lose_ack" | "drop":
                delivery.status, delivery.error = None, "http_timeout"
            case "status" if fault:
                delivery.status, delivery.error = fault.status, "http_error"

    async def _post(self, delivery: Delivery, body: bytes) -> None:
        try:
            async with asyncio.timeout(min(self._limits["ack_seconds"], 3_600)):
                answer = await self._answer(delivery, body)
        except TimeoutError:
            delivery.error = "http_timeout"
        except ssl.SSLError:
            delivery.error = "ssl_error"
        except (OSError, ValueError):
            delivery.error = "connection_failed"
        else:
            delivery.status, delivery.response = answer.status, answer.text
            if not 200 <= answer.status < 300:
                refused = answer.headers.get("x-slack-no-retry") == "1"
                delivery.error = "no_retry" if refused else "http_error"

    async def _answer(self, delivery: Delivery, body: bytes) -> http_post.Answer:
        if delivery.url != SOCKET:
            return await http_post.post(delivery.url, delivery.headers, body)
        payload = await self._sockets.deliver(delivery.kind, delivery.body, delivery.attempt)
        return http_post.Answer(200, {}, json.dumps(payload).encode() if payload else b"")
