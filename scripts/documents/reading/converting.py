"""Has files converted to Markdown in processes of the converter's own environment, one a core.

A process serves one file after another. One that hangs or dies is replaced, and its file left out.
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
from scripts.documents.sources.documents import Found

SECONDS = 120
"""How long the conversion of one file may take."""
_TOO_LONG = f"converting it takes longer than {SECONDS} s"
_DIED = "converting it takes too much memory, or crashes the converter"
PASSING = (_TOO_LONG, _DIED)
"""What another day, or a machine that is less busy, might not say."""

Told = Mapping[str, str]
"""`markdown`, `title` and `updated` of a file; or `why` there are none."""


def convert(
    files: Sequence[Found], python: Path, seconds: float = SECONDS
) -> Iterator[tuple[Found, Told]]:
    """Each file with what the converter says of it, in the order in which they are done.

    `python` is that of the converter's environment.
    """
    count = max(1, min(os.cpu_count() or 1, len(files)))
    with _converters(python, count, seconds) as ask, ThreadPoolExecutor(count) as pool:
        asked = {pool.submit(ask, file): file for file in files}
        try:
            for done in as_completed(asked):
                yield asked[done], done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _converters(python: Path, count: int, seconds: float) -> Iterator[Callable[[Found], Told]]:
    """As many processes, of which the next free one is asked; they end with the block."""
    free: SimpleQueue[_Converter] = SimpleQueue()
    converters = [_Converter(python) for _ in range(count)]
    for converter in converters:
        free.put(converter)

    def ask(file: Found) -> Told:
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
    """One process, started when it is first asked."""

    def __init__(self, python: Path) -> None:
        self._python = python
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, file: Found, seconds: float) -> Told:
        process = self._process or self._start()
        assert process.stdin
        question = json.dumps({"path": str(file.path.resolve()), "kind": file.kind})
        with suppress(BrokenPipeError):
            process.stdin.write(f"{question}\n".encode())
            process.stdin.flush()
        try:
            answer = _line(process, time.monotonic() + seconds)
        except TimeoutError:
            self.end()
            return {"why": _TOO_LONG}
        if not answer:
            self.end()
            return {"why": _DIED}
        told: Told = json.loads(answer)
        return told

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
    """The next line that it prints; nothing where it ends. Raises TimeoutError."""
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
