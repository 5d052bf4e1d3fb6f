"""A lock among commands on several machines: a series of numbered parameters in SSM.

SSM creates a parameter of a name only once, so the command that creates the next number holds the
lock, until it writes there that it is finished, or its time has run out. The highest number stays,
so that numbers are never used again.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from infra.names import parameter_name
from scripts.aws.account import Account
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say

LIFE = 120.0
"""Seconds after which the lock of a command that has died is free again."""

_POLL_SECONDS = 0.25


@contextmanager
def lock(account: Account, name: str, purpose: str) -> Iterator[None]:
    """Hold the lock `name` of an environment; `purpose` is shown to commands that wait.

    Raises `Problem` where other commands hold it for twice its life.
    """
    ssm, path = account.client("ssm"), parameter_name(account.row.name, name)
    number = _take(ssm, path, purpose)
    try:
        yield
    finally:
        _write(ssm, f"{path}/{number}", 0.0, Overwrite=True)


def _take(ssm: Any, path: str, purpose: str) -> int:
    """Create the next number as soon as the last one is free, and return it."""
    deadline, announced = time.monotonic() + 2 * LIFE, False
    while time.monotonic() < deadline:
        numbers = _numbers(ssm, path)
        last = max(numbers, default=0)
        if numbers.get(last, 0.0) < time.time() and _claimed(ssm, path, last + 1):
            return last + 1
        if not announced:
            say(f"Another command is at it ({purpose}): waiting.")
            announced = True
        time.sleep(_POLL_SECONDS)
    raise Problem(f"Other commands have kept at it ({purpose}) for too long: try again.")


def _claimed(ssm: Any, path: str, number: int) -> bool:
    """Create a number and delete those below, or it itself where a higher one exists by now."""
    try:
        _write(ssm, f"{path}/{number}", time.time() + LIFE)
    except ssm.exceptions.ParameterAlreadyExists:
        return False
    numbers = _numbers(ssm, path)
    ours = max(numbers, default=0) <= number
    for existing in numbers if ours else [number]:
        if existing < number or not ours:
            with suppress(ssm.exceptions.ParameterNotFound):
                ssm.delete_parameter(Name=f"{path}/{existing}")
    return ours


def _numbers(ssm: Any, path: str) -> dict[int, float]:
    """The time at which each number is free, in epoch seconds."""
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path)
    parameters = [parameter for page in pages for parameter in page["Parameters"]]
    return {
        int(parameter["Name"].rsplit("/", 1)[1]): float(json.loads(parameter["Value"])["until"])
        for parameter in parameters
    }


def _write(ssm: Any, name: str, until: float, **how: bool) -> None:
    ssm.put_parameter(Name=name, Value=json.dumps({"until": until}), Type="String", **how)
