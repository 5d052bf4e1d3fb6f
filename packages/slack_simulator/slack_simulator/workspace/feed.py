"""Every change, call and delivery in order, for the page and for tests to follow."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import AsyncIterator

from slack_simulator.shapes import Json

CAPACITY = 5_000
"""Items that are kept; a reader that comes late does not see older ones."""


class Feed:
    """A numbered list of events that readers can follow from any number on."""

    def __init__(self) -> None:
        self._items: deque[Json] = deque(maxlen=CAPACITY)
        self._numbers = itertools.count(1)
        self._news = asyncio.Event()
        self.closed = False

    @property
    def last(self) -> int:
        return int(self._items[-1]["seq"]) if self._items else 0

    def publish(self, kind: str, data: Json) -> None:
        """Tell of something: `kind` names the SSE event, `data` is its JSON."""
        self._items.append({"seq": next(self._numbers), "kind": kind, "at": time.time(), **data})
        self.wake()

    def close(self) -> None:
        self.closed = True
        self.wake()

    async def news(self, seconds: float) -> None:
        """Wait for the next happening, but no longer than that."""
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except TimeoutError:
            return

    async def follow(self, since: int, idle: float = 15.0) -> AsyncIterator[Json | None]:
        """Happenings after number `since`; None after each `idle` real seconds of silence."""
        while not self.closed:
            for item in (fresh := self.after(since)):
                since = item["seq"]
                yield item
            if not fresh:
                await self.news(idle)
                if self.last <= since:
                    yield None

    def after(self, since: int) -> list[Json]:
        """What happened after number `since`, as far as it is still known."""
        fresh = itertools.takewhile(lambda item: item["seq"] > since, reversed(self._items))
        return list(fresh)[::-1]

    def wake(self) -> None:
        """Let all who wait look again."""
        self._news.set()
        self._news = asyncio.Event()
