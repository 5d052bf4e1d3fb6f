"""A Lambda function in a process of this machine: a line in is an event, a line out its answer.

It is started as a file, so that it imports nothing but the handler's module. It ends with its
standard input, and what the code prints goes where errors go.
"""

import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4


def main(module: str) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    handler: Callable[[Any, Any], Any] | None = None
    for line in sys.stdin:
        try:
            handler = handler or importlib.import_module(module).handler
            context = SimpleNamespace(aws_request_id=str(uuid4()))
            said = {"answer": handler(json.loads(line), context)}
        except Exception as error:
            said = {"error": _told(error)}
        answers.write(json.dumps(said) + "\n")
        answers.flush()


def _told(error: Exception) -> str:
    """The error in one line, with the last line of the bot's that led to it."""
    if isinstance(error, SyntaxError):
        return f"{_short(error.filename or '')}:{error.lineno}: {error.msg}"
    what = f"{type(error).__name__}: {error}"
    own = [f for f in traceback.extract_tb(error.__traceback__) if _short(f.filename)]
    return f"{_short(own[-1].filename)}:{own[-1].lineno}: {what}" if own else what


def _short(filename: str) -> str:
    """The file's name from bot/ on; nothing for one that is not the bot's."""
    parts = Path(filename).parts
    return "/".join(parts[parts.index("bot") :]) if "bot" in parts else ""


if __name__ == "__main__":
    main(sys.argv[1])
