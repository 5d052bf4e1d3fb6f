"""Prepares documents in batches; many documents in one process for each core."""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

from scripts.documents.indexing.preparing import Task, prepare_all

_BATCH = 50
_POOL_FROM = 300
"""Documents from which on a pool pays: starting its processes takes half a second."""


def prepared(tasks: Mapping[bytes, Task]) -> Iterator[dict[bytes, Any]]:
    """The prepared documents as JSON by their tasks' keys, batch by batch."""
    names = [*tasks]
    batches = [names[start : start + _BATCH] for start in range(0, len(names), _BATCH)]
    if len(names) < _POOL_FROM:
        for batch in batches:
            yield dict(zip(batch, prepare_all([tasks[name] for name in batch]), strict=True))
        return
    yield from _pooled(tasks, batches)


def _pooled(tasks: Mapping[bytes, Task], batches: list[list[bytes]]) -> Iterator[dict[bytes, Any]]:
    pool = ProcessPoolExecutor(
        os.cpu_count(), multiprocessing.get_context("spawn"), initializer=_ignore_ctrl_c
    )
    try:
        batch_of = {
            pool.submit(prepare_all, [tasks[name] for name in batch]): batch for batch in batches
        }
        for future in as_completed(batch_of):
            yield dict(zip(batch_of.pop(future), future.result(), strict=True))
    finally:
        pool.shutdown(cancel_futures=True)


def _ignore_ctrl_c() -> None:
    """The command itself handles it, and ends the processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
