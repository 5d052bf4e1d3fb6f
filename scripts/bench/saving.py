"""The loop benchmark's inner part: saves files of this project, so it runs in a copy of it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bot.answering.extractive import NO_MODEL
from infra import bundle
from infra.environments import LOCAL
from scripts import reload
from scripts.cdk import cdk
from scripts.local_stack import LocalStack
from scripts.models import Model

_ROUNDS = 5
_SECONDS = 30
_FILE = bundle.ROOT / "bot" / "answering" / "extractive.py"
_QUESTION = "<@bot> How do I deploy to staging?"


def measure() -> dict[str, list[float]]:
    """Save, wait until it is live, ask, until the answer is there: by hot reload and by the CDK."""
    found: dict[str, list[float]] = {"reload": [], "hotswap": []}
    model = Model("extractive", LOCAL.model)
    with LocalStack(model) as stack:
        stack.slack.control.set_limits(rates=False)
        drafts = _Drafts()
        for _ in range(_ROUNDS):
            with _watching(stack, drafts):
                found["reload"].append(_by_reload(stack, drafts))
            found["hotswap"].append(_by_hotswap(stack, drafts, model))
    return found


def _by_reload(stack: LocalStack, drafts: "_Drafts") -> float:
    before, started = stack.build, time.monotonic()
    mark = drafts.save()
    if not _changes(stack, before, _SECONDS):
        raise RuntimeError("the hot reload did not notice a saved file")
    return _answered(stack, mark) - started


def _by_hotswap(stack: LocalStack, drafts: "_Drafts", model: Model) -> float:
    started = time.monotonic()
    mark = drafts.save()
    context = [f"env={LOCAL.name}", f"slack_api_url={stack.slack.api_url}", *model.context]
    given = [part for value in context for part in ("-c", value)]
    cdk(
        *("deploy", "--hotswap", "--require-approval=never", *given),
        variables=stack.emulator.variables,
    )
    taken = _answered(stack, mark) - started
    stack.build, stack.code = stack.ping(stack.functions[1]), bundle.code().read_bytes()
    return taken


def _answered(stack: LocalStack, mark: str) -> float:
    """Ask, and return when the answer was there. Raises where another build gave it."""
    slack = stack.slack.control
    posted = slack.say("ada", "#general", _QUESTION)
    answer = slack.wait_for_answer(posted.channel, posted.ts, _SECONDS)
    at = time.monotonic()
    if mark not in str(answer.blocks):
        raise RuntimeError("an older build answered")
    return at


class _Drafts:
    """Versions of one file of the bot; each shows its number below every answer."""

    def __init__(self) -> None:
        self._source = _FILE.read_text()
        self._number = 0
        assert NO_MODEL in self._source

    def save(self) -> str:
        """Write the next version, and return what its answers show."""
        self._number += 1
        mark = f"Draft {self._number} quotes this from the documents."
        _FILE.write_text(self._source.replace(NO_MODEL, mark))
        return mark


@contextmanager
def _watching(stack: LocalStack, drafts: _Drafts) -> Iterator[None]:
    """Hot reload as in `./stackbot local`, with one save before: it is running already there."""
    stop = threading.Event()
    watcher = threading.Thread(target=reload.watch, args=(stack, stop))
    watcher.start()
    try:
        before = stack.build
        drafts.save()
        while not _changes(stack, before, seconds=2):
            drafts.save()  # the watcher was not there yet
        yield
    finally:
        stop.set()
        watcher.join()


def _changes(stack: LocalStack, before: str, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if stack.build != before:
            return True
        time.sleep(0.002)
    return False
