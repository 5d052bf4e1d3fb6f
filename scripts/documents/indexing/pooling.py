"""Prepares documents in batches; many of them by a process for each core."""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

from scripts.documents.indexing.preparing import Task, prepare_all

_BATCH = 50
_POOLED = 300
"""From so many documents on it pays to start processes, which takes half a second."""


def prepared(tasks: Mapping[bytes, Task]) -> Iterator[dict[bytes, Any]]:
    """What comes of the tasks, as JSON, batch by batch."""
    names = [*tasks]
    batches = [names[start : start + _BATCH] for start in range(0, len(names), _BATCH)]
    if len(names) < _POOLED:
        for batch in batches:
            yield dict(zip(batch, prepare_all([tasks[name] for name in batch]), strict=True))
        return
    yield from _pooled(tasks, batches)


def _pooled(tasks: Mapping[bytes, Task], batches: list[list[bytes]]) -> Iterator[dict[bytes, Any]]:
    pool = ProcessPoolExecutor(
        os.cpu_count(), multiprocessing.get_context("spawn"), initializer=_ignore_ctrl_c
    )
    try:
        asked = {
            pool.submit(prepare_all, [tasks[name] for name in batch]): batch for batch in batches
        }
        for done in as_completed(asked):
            yield dict(zip(asked.pop(done), done.result(), strict=True))
    finally:
        pool.shutdown(cancel_futures=True)


def _ignore_ctrl_c() -> None:
    """The command itself hears it, and has the processes end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
