"""Replaces the code of a stack's two functions, and restores it where the new does not start."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from infra.environments import Environment
from scripts.deploy import functions
from scripts.terminal.interruption import uninterrupted
from scripts.terminal.problem import Problem

T = TypeVar("T")
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
_WAITING, _AT_WORK = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
_IDLE_POLL_SECONDS = 0.02
_DRAIN_SECONDS = 3
"""How long the queue may take to become empty before its delivery stops for a swap."""


class SwapTarget(Protocol):
    """A stack whose code can be swapped: on this machine, or an environment's."""

    @property
    def row(self) -> Environment: ...

    @property
    def emulated(self) -> bool:
        """Whether an update of the code kills running invocations, as the emulator does."""
        ...

    @property
    def functions(self) -> tuple[str, str]:
        """The names of the ingress and of the worker."""
        ...

    @property
    def queue_url(self) -> str: ...

    def client(self, service: str) -> Any:
        """A boto3 client of the stack's account."""
        ...

    def deploy(self) -> None:
        """Deploy the stack as it is saved. Raises `Problem`."""
        ...

    def upload_knowledge(self) -> None:
        """Make the index of `knowledge/` and put it where the worker looks for it."""
        ...


@dataclass(frozen=True, slots=True)
class Times:
    """How long each part of a swap took, in seconds, one after the other."""

    idle: float
    uploaded: float
    stable: float
    answered: float


class Swapping:
    """Swaps the code of a target's functions, and remembers the last code that started."""

    def __init__(self, target: SwapTarget) -> None:
        self._target, self._lambda = target, target.client("lambda")
        self._good: dict[str, bytes] = {}

    def runs(self, code: bytes) -> bool:
        """Whether both functions run this code. What they run is remembered, to be restored."""
        digest = functions.digest_of(code)
        running = self._on_both(lambda name: functions.digest(self._lambda, name) == digest)
        self._good = {
            name: code if runs_it else functions.download(self._lambda, name)
            for name, runs_it in running.items()
        }
        return all(running.values())

    def swap(self, code: bytes, build: str) -> Times:
        """Have both functions run `code`, whose id is `build`.

        Raises `DoesNotStart` where it does not start, with the last good code restored.
        """
        started = time.monotonic()
        with uninterrupted(), self.nothing_running():
            idle = time.monotonic()
            self._on_both(lambda name: functions.update(self._lambda, name, code))
            uploaded = time.monotonic()
            try:
                stable, answered = self._started(build)
            except functions.DoesNotStart:
                self._on_both(self._restore)
                raise
        self._good = dict.fromkeys(self._target.functions, code)
        return Times(idle - started, uploaded - idle, stable - uploaded, answered - stable)

    def _started(self, build: str) -> tuple[float, float]:
        """When both functions were stable, and when both had answered, as `time.monotonic`.

        They are asked before they are stable, too, as the new code often answers sooner.
        """
        ingress, worker = self._target.functions
        with _threads() as pool:
            settled = {name: pool.submit(self._settled, name) for name in (ingress, worker)}
            # Slack sends two events at once for a mention, so two ingresses should be warm.
            names = (worker, ingress, ingress)
            answers = [pool.submit(self._answered, name, build, settled[name]) for name in names]
            stable = max(future.result() for future in settled.values())
            return stable, max(stable, *(future.result() for future in answers))

    def _settled(self, name: str) -> float:
        functions.settle(self._lambda, name)
        return time.monotonic()

    def _answered(self, name: str, build: str, settled: Future[float]) -> float:
        """Ask until the new build answers. Once its update has settled, one answer decides."""
        while True:
            final = settled.done()
            try:
                running = functions.ping(self._lambda, name)
            except functions.DoesNotStart:
                if final:
                    raise
                running = ""
            if running == build:
                return time.monotonic()
            if final:
                raise Problem(
                    f"{name} runs build {running}: somebody else has changed it meanwhile"
                )
            time.sleep(functions.POLL_SECONDS)

    def _restore(self, name: str) -> None:
        functions.update(self._lambda, name, self._good[name])
        functions.settle(self._lambda, name)
        with suppress(functions.DoesNotStart):  # it may not have started before, either
            functions.ping(self._lambda, name)

    def _on_both(self, act: Callable[[str], T]) -> dict[str, T]:
        """Call `act` with the names of both functions, at once; its results by the names."""
        names = self._target.functions
        with _threads() as pool:
            return dict(zip(names, pool.map(act, names), strict=True))

    @contextmanager
    def nothing_running(self) -> Iterator[None]:
        """Have the queue hold questions back where an update kills what runs; AWS lets it go on."""
        if not self._target.emulated:
            yield
            return
        self._wait_for_none(_WAITING, _DRAIN_SECONDS)  # else frequent saves would starve them
        try:
            self._deliver(on=False)
            self._wait_for_none(_AT_WORK, self._target.row.worker_timeout)
            yield
        finally:
            self._deliver(on=True)

    def _deliver(self, *, on: bool) -> None:
        worker = self._target.functions[1]
        response = self._lambda.list_event_source_mappings(FunctionName=worker)
        for mapping in response["EventSourceMappings"]:
            self._lambda.update_event_source_mapping(UUID=mapping["UUID"], Enabled=on)

    def _wait_for_none(self, count: str, seconds: float) -> None:
        """Wait until the queue's attribute `count` is 0, at most for these seconds."""
        until = time.monotonic() + seconds
        client, url = self._target.client("sqs"), self._target.queue_url
        while time.monotonic() < until:
            response = client.get_queue_attributes(QueueUrl=url, AttributeNames=[count])
            if response["Attributes"][count] == "0":
                return
            time.sleep(_IDLE_POLL_SECONDS)


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """A pool that does not wait for its threads when the block fails, so Ctrl-C ends at once."""
    pool = ThreadPoolExecutor()
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
