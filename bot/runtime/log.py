"""One JSON object a line, the same from both Lambdas, so that one query reads them all.

Ids, counts and times only: what people wrote and what opens doors never gets here.
The standard library's logging would cost the ingress a tenth of its start.
"""

from __future__ import annotations

import json
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_lowest = "INFO"
_at_work: dict[str, str | int] = {}


def set_level(level: str) -> None:
    """Drop lines below `level`: DEBUG, INFO, WARNING or ERROR."""
    global _lowest
    if level not in _LEVELS:
        raise ValueError(f"the log level must be one of {', '.join(_LEVELS)}, not {level!r}")
    _lowest = level


def at_work_on(**ids: str | int) -> None:
    """Have every line from now on carry these ids: those of the delivery at work."""
    _at_work.clear()
    _at_work.update(ids)


def log(event: str, level: str = "INFO", **fields: Any) -> None:
    """Print what happened and the fields that are not None."""
    if _LEVELS.index(level) < _LEVELS.index(_lowest):
        return
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    line = {
        "timestamp": f"{stamp}.{int(now % 1 * 1000):03}Z",
        "level": level,
        "event": event,
        **{name: value for name, value in (_at_work | fields).items() if value is not None},
    }
    # One write, so that the lines of two threads never mix.
    sys.stdout.write(json.dumps(line, separators=(",", ":"), default=str) + "\n")
    sys.stdout.flush()
