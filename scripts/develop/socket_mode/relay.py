"""Passes envelopes to the ingress, and what it queues to workers, as AWS would.

The queue is the emulator's. Its message groups keep the order within a thread without making
threads wait for each other; it delivers again what failed, and drops duplicates.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from typing import Self

from rich.markup import escape
from slack_sdk.socket_mode.request import SocketModeRequest

from scripts.develop.socket_mode.backing import Backing, Record
from scripts.develop.socket_mode.build import Build
from scripts.develop.socket_mode.function import FunctionError
from scripts.develop.socket_mode.requests import as_request
from scripts.terminal.steps import say

_GLANCE_SECONDS = 0.25
"""How often to poll for failed records, which become visible again without a notification."""


class Relay:
    """Between Slack, the queue and the build that serves, as long as the `with` lasts."""

    def __init__(self, backing: Backing, build: Build, at_once: int) -> None:
        self._backing, self._build, self._builds = backing, build, [build]
        self._envelopes: Queue[SocketModeRequest | None] = Queue()
        self._unaccepted: list[SocketModeRequest] = []
        self._passing = threading.Lock()
        self._room = threading.Semaphore(at_once)
        self._news = threading.Event()
        self._stopped = False
        self._pool = ThreadPoolExecutor(at_once)
        self._threads = [
            threading.Thread(target=self._take_in),
            threading.Thread(target=self._feed),
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self._envelopes.put(None)
        self._news.set()
        for build in self._builds:
            build.kill()
        for thread in self._threads:
            thread.join()
        self._pool.shutdown()

    def take(self, envelope: SocketModeRequest) -> None:
        """Queue an acknowledged envelope for the ingress, in order."""
        self._envelopes.put(envelope)

    def serve_with(self, build: Build) -> None:
        """Use a started build from now on; the one before finishes what it is working on."""
        with self._passing:
            before, self._build = self._build, build
            self._builds.append(build)
            unaccepted, self._unaccepted = self._unaccepted, []
        for envelope in unaccepted:
            self._envelopes.put(envelope)
        before.retire()

    def finish(self, seconds: float) -> int:
        """Wait for all answers, at most these seconds; returns how many are missing."""
        until = time.monotonic() + seconds
        while (unanswered := self.unfinished) and time.monotonic() < until:
            time.sleep(0.05)
        return unanswered

    @property
    def unfinished(self) -> int:
        """How many envelopes and records are not answered."""
        return self._envelopes.unfinished_tasks + len(self._unaccepted) + self._backing.waiting

    def _take_in(self) -> None:
        while (envelope := self._envelopes.get()) is not None:
            with self._passing:
                if not self._is_accepted(envelope):
                    self._unaccepted.append(envelope)
            self._envelopes.task_done()
            self._news.set()

    def _is_accepted(self, envelope: SocketModeRequest) -> bool:
        """Whether the ingress has queued the envelope, or decided to drop it."""
        try:
            status = self._build.take_in(as_request(envelope, self._backing.signing_secret))
        except FunctionError as error:
            status, why = 500, str(error)
        else:
            why = "its log says why"
        if status >= 500:
            say(
                f"  [red]✗[/] bot/ingress/handler.py failed, and tries again once you save:"
                f" {escape(why)}"
            )
        return status < 500

    def _feed(self) -> None:
        while not self._stopped:
            self._news.wait(_GLANCE_SECONDS)
            self._news.clear()
            while not self._stopped and self._room.acquire(blocking=False):
                if not self._pass_on():
                    self._room.release()
                    break

    def _pass_on(self) -> bool:
        """Have the next record answered; returns whether there was one."""
        record = self._backing.receive()
        if record:
            self._pool.submit(self._answer, record)
        return record is not None

    def _answer(self, record: Record) -> None:
        try:
            with self._passing:
                build, worker = self._build, self._build.worker()
            if build.answer(worker, record):
                self._backing.delete(record)
        except FunctionError as error:
            if not self._stopped:
                why = escape(str(error))
                say(f"  [red]✗[/] A worker failed, so the queue delivers it again: {why}")
        finally:
            self._room.release()
            self._news.set()
