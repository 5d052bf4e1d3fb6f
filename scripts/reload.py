"""Hot reload for `./stackbot local`: what is saved is what answers, about half a second later."""

import ast
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import watchfiles

from bot.build import hash_tree
from infra import bundle
from infra.environments import LOCAL
from scripts.cdk import CdkError
from scripts.local_stack import LocalStack, WorkerError
from scripts.steps import say

ROOT = Path(__file__).resolve().parent.parent
WATCHED = ("bot", "knowledge", "infra")
_DEBOUNCE_MS = 30


class BrokenCode(Exception):
    """The saved code does not compile or start; the message says where."""


def watch(stack: LocalStack, stop: threading.Event) -> None:
    """Bring every saved change into the running stack until `stop` is set."""
    folders = [ROOT / name for name in WATCHED]
    changes = watchfiles.watch(
        *folders,
        debounce=_DEBOUNCE_MS,
        step=_DEBOUNCE_MS,
        stop_event=stop,
        rust_timeout=200,
        yield_on_timeout=False,
    )
    for changed in changes:
        reload(stack, {Path(path) for _, path in changed})


def reload(stack: LocalStack, changed: set[Path]) -> None:
    """Bring the changed files into the running stack, and say in one line what was done."""
    touched = {path.relative_to(ROOT).parts[0] for path in changed}
    try:
        if "infra" in touched:
            say("  infra/ changed: deploying the stack again takes about 5 s …")
            with _timed("deployed"):
                stack.deploy()
        elif "bot" in touched:
            _swap(stack)
        if "knowledge" in touched:
            with _timed("knowledge indexed"):
                stack.upload_knowledge()
    except BrokenCode as error:
        say(f"  [red]✗[/] {error}\n    The code from before goes on serving.")
    except (CdkError, WorkerError) as error:
        say(f"  [red]✗[/] {error}\n    What was deployed before goes on serving.")


def _swap(stack: LocalStack) -> None:
    """Put the saved code into both functions, once the worker has nothing in hand."""
    build = hash_tree(str(ROOT / "bot"))
    if build == stack.build:
        return
    started = time.monotonic()
    _compile()
    code = bundle.code().read_bytes()
    _wait_until_idle(stack)
    waited = time.monotonic()
    before, stack.code = stack.code, code
    _update(stack, code)
    try:
        stack.build = _start(stack)
    except WorkerError as error:
        stack.code = before
        _update(stack, before)
        raise BrokenCode(str(error)) from None
    say(
        f"  [green]✓[/] build {stack.build} answers"
        f" [dim]{time.monotonic() - started:.2f} s ({waited - started:.2f} s until idle)[/]"
    )


def _update(stack: LocalStack, code: bytes) -> None:
    client = stack.client("lambda")
    with ThreadPoolExecutor() as pool:
        for done in [
            pool.submit(client.update_function_code, FunctionName=name, ZipFile=code)
            for name in stack.functions
        ]:
            done.result()


def _start(stack: LocalStack) -> str:
    """Start both functions at once, so that the next question finds them warm; returns the build.

    Raises `WorkerError` where one does not start.
    """
    with ThreadPoolExecutor() as pool:
        return list(pool.map(stack.ping, stack.functions))[-1]


def _compile() -> None:
    for path in bundle.code_files(ROOT):
        if path.suffix == ".py":
            try:
                _parse(path.read_bytes())
            except SyntaxError as error:
                raise BrokenCode(f"{path.relative_to(ROOT)}:{error.lineno}: {error.msg}") from None


@cache
def _parse(source: bytes) -> None:
    """Raise SyntaxError unless it is Python. Of all files, most are as they were before."""
    ast.parse(source)


def _wait_until_idle(stack: LocalStack) -> None:
    """Swapping the code kills what runs, so wait; at most as long as a worker may take."""
    until = time.monotonic() + LOCAL.worker_timeout
    queue, client = stack.outputs["QueueUrl"], stack.client("sqs")
    counts = ["ApproximateNumberOfMessagesNotVisible"]
    while time.monotonic() < until:
        answer = client.get_queue_attributes(QueueUrl=queue, AttributeNames=counts)
        if answer["Attributes"][counts[0]] == "0":
            return
        time.sleep(0.02)


@contextmanager
def _timed(what: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    say(f"  [green]✓[/] {what} [dim]{time.monotonic() - started:.2f} s[/]")
