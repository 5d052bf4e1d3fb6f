"""One command at a time, wherever they run: the lock is a row of numbered parameters in SSM.

SSM makes a parameter of a name only once, so whoever makes the next number holds the lock, until
they say in it that they are done, or their time has run out. The highest number stays, and with it
the memory of which came last.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from scripts.aws.account import Account
from scripts.aws.deployment import parameter
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say

LIFE = 120.0
"""Seconds after which a lock is free again, its holder having died."""

_GLANCE = 0.25


@contextmanager
def held(account: Account, name: str, what: str) -> Iterator[None]:
    """Hold the lock `name` of an environment; `what` says what others wait for.

    Raises `Problem` where other commands, living ones, hold it for too long.
    """
    ssm, path = account.client("ssm"), parameter(account.row, name)
    mine = _take(ssm, path, what)
    try:
        yield
    finally:
        _write(ssm, f"{path}/{mine}", 0.0, Overwrite=True)


def _take(ssm: Any, path: str, what: str) -> int:
    """Make the next number, as soon as the last one is done with; returns it."""
    deadline, told = time.monotonic() + 2 * LIFE, False
    while time.monotonic() < deadline:
        numbers = _numbers(ssm, path)
        last = max(numbers, default=0)
        if numbers.get(last, 0.0) < time.time() and _made(ssm, path, last + 1):
            return last + 1
        if not told:
            say(f"Another command is at it ({what}): waiting.")
            told = True
        time.sleep(_GLANCE)
    raise Problem(f"Other commands have kept at it ({what}) for too long: try again.")


def _made(ssm: Any, path: str, number: int) -> bool:
    """Make a number, and see that nobody made a higher one since we looked; clear away the rest."""
    try:
        _write(ssm, f"{path}/{number}", time.time() + LIFE)
    except ssm.exceptions.ParameterAlreadyExists:
        return False
    numbers = _numbers(ssm, path)
    ours = max(numbers, default=0) <= number
    for one in numbers if ours else [number]:
        if one < number or not ours:
            with suppress(ssm.exceptions.ParameterNotFound):
                ssm.delete_parameter(Name=f"{path}/{one}")
    return ours


def _numbers(ssm: Any, path: str) -> dict[int, float]:
    """Until when each number is held, in epoch seconds."""
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path)
    found = [one for page in pages for one in page["Parameters"]]
    return {
        int(one["Name"].rsplit("/", 1)[1]): float(json.loads(one["Value"])["until"])
        for one in found
    }


def _write(ssm: Any, name: str, until: float, **how: bool) -> None:
    ssm.put_parameter(Name=name, Value=json.dumps({"until": until}), Type="String", **how)
