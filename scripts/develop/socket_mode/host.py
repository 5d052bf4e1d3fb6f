"""A Lambda function in a process of this machine, which reads events and writes responses as JSON
lines.

It is started as a file, so that it imports nothing but the handler's module, and ends at the end of
its standard input. What the code prints goes to standard error.
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
            response = {"answer": handler(json.loads(line), context)}
        except Exception as error:
            response = {"error": _summary(error)}
        answers.write(json.dumps(response) + "\n")
        answers.flush()


def _summary(error: Exception) -> str:
    """The error in one line, behind the innermost line of the bot: "bot/x.py:7: KeyError: 'a'"."""
    if isinstance(error, SyntaxError):
        return f"{_short(error.filename or '')}:{error.lineno}: {error.msg}"
    text = f"{type(error).__name__}: {error}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _short(f.filename)]
    return f"{_short(frames[-1].filename)}:{frames[-1].lineno}: {text}" if frames else text


def _short(filename: str) -> str:
    """The file's path from bot/ on; "" for a file of another package."""
    parts = Path(filename).parts
    return "/".join(parts[parts.index("bot") :]) if "bot" in parts else ""


if __name__ == "__main__":
    main(sys.argv[1])
