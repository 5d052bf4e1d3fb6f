"""Which functions a mention runs through, by tracing the local stack while it answers."""

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from scripts.local.stack import LocalStack

_SECONDS = 60
_FUNCTION = 0x1
"""CO_OPTIMIZED: functions have it, the bodies of modules and classes don't (docs: `inspect`)."""

_TRACER = """
import os as _os, sys as _sys, threading as _threading

def _tracing(folder, seen=set()):
    file = _os.open(folder + "/calls", _os.O_WRONLY | _os.O_APPEND | _os.O_CREAT)
    home = _os.path.dirname(_os.path.abspath(__file__)) + _os.sep

    def trace(frame, event, _argument):
        code = frame.f_code
        if event != "call" or code in seen:
            return
        if not code.co_filename.startswith(home):
            seen.add(code)
        elif _os.path.exists(folder + "/on"):
            seen.add(code)
            call = code.co_filename[len(home):], code.co_qualname, str(code.co_flags & {flag})
            _os.write(file, ("\\t".join(call) + "\\n").encode())

    _threading.setprofile(trace)
    _sys.setprofile(trace)

_tracing({folder!r})
"""
"""Behind `bot/__init__.py`, which each Lambda imports first."""


class Call(NamedTuple):
    file: str
    function: str


def calls(stack: LocalStack, question: str) -> set[Call]:
    """The functions of `bot/` that run from the request to the end of the answer.

    Lambdas and comprehensions aside. The functions of the stack are warm: what only a start runs
    is not among them.
    """
    with tempfile.TemporaryDirectory(prefix="stackbot-") as folder, _traced(stack, folder):
        Path(folder, "on").touch()
        slack = stack.slack.control
        posted = slack.say("ada", "#general", f"<@bot> {question}")
        slack.wait_for_answer(posted.channel, posted.ts, _SECONDS)
        slack.wait_until_idle()
        listed = Path(folder, "calls").read_text().splitlines()
    lines = (line.split("\t") for line in listed)
    return {
        Call(file, name)
        for file, name, is_function in lines
        if is_function == "1" and not name.endswith(">")
    }


@contextmanager
def _traced(stack: LocalStack, folder: str) -> Iterator[None]:
    """Have the stack run its code with the tracer in it until the block ends."""
    _deploy(stack, _with_tracer(stack.code, folder))
    try:
        yield
    finally:
        _deploy(stack, stack.code)


def _with_tracer(code: bytes, folder: str) -> bytes:
    tracer = _TRACER.format(flag=_FUNCTION, folder=folder).encode()
    traced = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(code)) as before, zipfile.ZipFile(traced, "w") as after:
        for entry in before.infolist():
            more = tracer if entry.filename == "bot/__init__.py" else b""
            after.writestr(entry, before.read(entry) + more)
    return traced.getvalue()


def _deploy(stack: LocalStack, code: bytes) -> None:
    for function in stack.functions:
        stack.client("lambda").update_function_code(FunctionName=function, ZipFile=code)
        stack.ping(function)
