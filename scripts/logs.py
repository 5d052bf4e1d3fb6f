"""Reads the JSON lines that the Lambdas logged."""

import json
import time
from collections.abc import Callable
from typing import Any

Line = dict[str, Any]
_POLL_SECONDS = 0.05


def lines(logs: Any, function: str) -> list[Line]:
    """Every line that a function has logged, oldest first. `logs` is boto3's client."""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/{function}", filterPattern=""
    )
    found = [_parsed(event["message"]) for page in pages for event in page["events"]]
    return sorted((line for line in found if line), key=lambda line: str(line["timestamp"]))


def wait_for(
    logs: Any, function: str, wanted: Callable[[Line], bool], seconds: float = 5.0
) -> Line | None:
    """The newest line that is `wanted`: an invocation's lines come when it has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = [line for line in lines(logs, function) if wanted(line)]
        if found:
            return found[-1]
        time.sleep(_POLL_SECONDS)
    return None


def _parsed(message: str) -> Line:
    """A line as the bot logs it; the platform's own are no JSON and come back empty."""
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) and "event" in line and "timestamp" in line else {}
