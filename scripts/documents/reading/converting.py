"""Has files converted to Markdown, in one process of the converter's environment for each core.

A process converts one file after another. One that hangs or dies is replaced, and its file is left
out.
"""

import json
import os
import selectors
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue

from scripts.aws.cdk import ROOT
from scripts.documents.sources.documents import DocumentFile

SECONDS = 120
"""For the conversion of one file."""
_TOO_LONG = f"converting it takes longer than {SECONDS} s"
_DIED = "converting it takes too much memory, or crashes the converter"
TRANSIENT = (_TOO_LONG, _DIED)
"""Reasons that may be gone on a machine that is less busy; they are not cached."""

Conversion = Mapping[str, str]
"""`markdown`, `title` and `updated` of a file; or in `why` the reason for leaving it out."""


def convert(
    files: Sequence[DocumentFile], python: Path, seconds: float = SECONDS
) -> Iterator[tuple[DocumentFile, Conversion]]:
    """Each file with its conversion, in the order in which they finish.

    `python` is that of the converter's environment, `seconds` the time limit of each file.
    """
    count = max(1, min(os.cpu_count() or 1, len(files)))
    with _converters(python, count, seconds) as ask, ThreadPoolExecutor(count) as pool:
        file_of = {pool.submit(ask, file): file for file in files}
        try:
            for future in as_completed(file_of):
                yield file_of[future], future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _converters(
    python: Path, count: int, seconds: float
) -> Iterator[Callable[[DocumentFile], Conversion]]:
    """A function that converts a file in the next free one of `count` processes."""
    free: SimpleQueue[_Converter] = SimpleQueue()
    converters = [_Converter(python) for _ in range(count)]
    for converter in converters:
        free.put(converter)

    def ask(file: DocumentFile) -> Conversion:
        converter = free.get()
        try:
            return converter.ask(file, seconds)
        finally:
            free.put(converter)

    try:
        yield ask
    finally:
        for converter in converters:
            converter.end()


class _Converter:
    """One process, started with its first file."""

    def __init__(self, python: Path) -> None:
        self._python = python
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, file: DocumentFile, seconds: float) -> Conversion:
        process = self._process or self._start()
        assert process.stdin
        request = json.dumps({"path": str(file.path.resolve()), "kind": file.kind})
        with suppress(BrokenPipeError):
            process.stdin.write(f"{request}\n".encode())
            process.stdin.flush()
        try:
            response = _line(process, time.monotonic() + seconds)
        except TimeoutError:
            self.end()
            return {"why": _TOO_LONG}
        if not response:
            self.end()
            return {"why": _DIED}
        conversion: Conversion = json.loads(response)
        return conversion

    def end(self) -> None:
        if process := self._process:
            process.kill()
            process.wait()
            for pipe in filter(None, (process.stdin, process.stdout)):
                with suppress(BrokenPipeError):
                    pipe.close()
            self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [self._python, "-P", "-m", "scripts.documents.reading.conversion"],
            env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._process


def _line(process: subprocess.Popen[bytes], until: float) -> bytes:
    """The next line of its output; b"" where the process has ended. Raises TimeoutError."""
    assert process.stdout
    descriptor = process.stdout.fileno()
    pieces: list[bytes] = []
    with selectors.DefaultSelector() as ready:
        ready.register(descriptor, selectors.EVENT_READ)
        while not (pieces and pieces[-1].endswith(b"\n")):
            if not ready.select(max(0.0, until - time.monotonic())):
                raise TimeoutError
            piece = os.read(descriptor, 1 << 20)
            if not piece:
                return b""
            pieces.append(piece)
    return b"".join(pieces)
