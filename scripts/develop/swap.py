"""Puts other code into a stack's two functions, and takes it back where it does not start."""

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
_WAITING, _AT_WORK = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
_IDLE_POLL_SECONDS = 0.02
_DRAIN_SECONDS = 3


class SwapTarget(Protocol):
    """A stack whose code can be swapped: on this machine, or an environment's."""

    @property
    def row(self) -> Environment: ...

    @property
    def emulated(self) -> bool:
        """Whether an update of the code kills what runs, as it does in the emulator."""
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
        """Bring out the stack as it is saved. Raises `Problem`."""
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
    """What the functions of a place run, and how to have them run something else."""

    def __init__(self, place: SwapTarget) -> None:
        self._place, self._lambda = place, place.client("lambda")
        self._good: dict[str, bytes] = {}

    def runs(self, code: bytes) -> bool:
        """Whether both functions run this code; what they run is kept, to be put back."""
        wanted = functions.digest_of(code)
        same = self._each(lambda name: functions.digest(self._lambda, name) == wanted)
        self._good = {
            name: code if is_same else functions.download(self._lambda, name)
            for name, is_same in same.items()
        }
        return all(same.values())

    def swap(self, code: bytes, build: str) -> Times:
        """Have both functions run `code`, whose id is `build`.

        Raises `DoesNotStart` where it does not start; then the last good code is back.
        """
        started = time.monotonic()
        with uninterrupted(), self.nothing_running():
            idle = time.monotonic()
            self._each(lambda name: functions.update(self._lambda, name, code))
            uploaded = time.monotonic()
            try:
                stable, answered = self._started(build)
            except functions.DoesNotStart:
                self._each(self._put_back)
                raise
        self._good = dict.fromkeys(self._place.functions, code)
        return Times(idle - started, uploaded - idle, stable - uploaded, answered - stable)

    def _started(self, build: str) -> tuple[float, float]:
        """When both were stable, and when both had answered: they are asked meanwhile."""
        ingress, worker = self._place.functions
        with _threads() as pool:
            settled = {name: pool.submit(self._settled, name) for name in (ingress, worker)}
            # Slack tells of a mention twice at once, so two of the ingress should be warm.
            asked = (worker, ingress, ingress)
            answers = [pool.submit(self._answered, name, build, settled[name]) for name in asked]
            stable = max(done.result() for done in settled.values())
            return stable, max(stable, *(done.result() for done in answers))

    def _settled(self, name: str) -> float:
        functions.settle(self._lambda, name)
        return time.monotonic()

    def _answered(self, name: str, build: str, settled: Future[float]) -> float:
        """Ask until the new build answers; once all is settled, what it says is the verdict."""
        while True:
            final = settled.done()
            try:
                said = functions.ping(self._lambda, name)
            except functions.DoesNotStart:
                if final:
                    raise
                said = ""
            if said == build:
                return time.monotonic()
            if final:
                raise Problem(f"{name} runs build {said}: somebody else has changed it meanwhile")
            time.sleep(functions.POLL_SECONDS)

    def _put_back(self, name: str) -> None:
        functions.update(self._lambda, name, self._good[name])
        functions.settle(self._lambda, name)
        with suppress(functions.DoesNotStart):  # nor did it before
            functions.ping(self._lambda, name)

    def _each(self, act: Callable[[str], T]) -> dict[str, T]:
        """Do something with both functions at once."""
        names = self._place.functions
        with _threads() as pool:
            return dict(zip(names, pool.map(act, names), strict=True))

    @contextmanager
    def nothing_running(self) -> Iterator[None]:
        """AWS lets what runs go on. An emulator kills it, so there questions wait in the queue."""
        if not self._place.emulated:
            yield
            return
        self._wait_for_none(_WAITING, _DRAIN_SECONDS)  # or swap after swap would starve them
        try:
            self._deliver(on=False)
            self._wait_for_none(_AT_WORK, self._place.row.worker_timeout)
            yield
        finally:
            self._deliver(on=True)

    def _deliver(self, *, on: bool) -> None:
        worker = self._place.functions[1]
        listed = self._lambda.list_event_source_mappings(FunctionName=worker)
        for mapping in listed["EventSourceMappings"]:
            self._lambda.update_event_source_mapping(UUID=mapping["UUID"], Enabled=on)

    def _wait_for_none(self, count: str, seconds: float) -> None:
        """Until the queue counts no such messages, or the seconds are over."""
        until = time.monotonic() + seconds
        client, url = self._place.client("sqs"), self._place.queue_url
        while time.monotonic() < until:
            answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=[count])
            if answer["Attributes"][count] == "0":
                return
            time.sleep(_IDLE_POLL_SECONDS)


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """A pool that is not waited for when the block fails: Ctrl-C ends at once."""
    pool = ThreadPoolExecutor()
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
