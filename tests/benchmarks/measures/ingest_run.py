"""One run of reading documents, for `./stackbot bench ingest`: prints its figures as JSON."""

import functools
import json
import random
import resource
import sys
import time
from itertools import accumulate
from pathlib import Path

DOCUMENTS = 10_000
_SECTIONS, _SENTENCES = 4, 8
_MEGABYTE = 1e6 if sys.platform == "darwin" else 1e3
"""What `ru_maxrss` counts in: bytes, or on Linux kilobytes."""


def document(number: int) -> str:
    """Four sections of eight sentences, of words as frequent as in a language; 3 kB."""
    chance, (words, shares) = random.Random(number), _vocabulary()
    parts = [f"# Document {number}"]
    for section in range(_SECTIONS):
        sentences = (
            " ".join(chance.choices(words, cum_weights=shares, k=12)) for _ in range(_SENTENCES)
        )
        parts += [f"## Part {section} on {chance.choice(words)}", ". ".join(sentences) + "."]
    return "\n\n".join(parts)


def main() -> None:
    from scripts.documents.indexing.building import build
    from scripts.documents.indexing.cache import Cache

    scratch, started = Path(sys.argv[1]), time.monotonic()
    index = scratch / "index.sqlite"
    with Cache(scratch / "documents.sqlite") as cache:
        report = build([scratch / "handbook"], index, cache, Path)
    figures = {
        "seconds": time.monotonic() - started,
        "processor": sum(usage.ru_utime + usage.ru_stime for usage in _usage()),
        "unchanged": report.unchanged,
        "passages": report.passages,
        "megabytes": _peak(),
        "index": index.stat().st_size / 1e6,
    }
    sys.stdout.write(json.dumps(figures))


@functools.cache
def _vocabulary() -> tuple[list[str], list[float]]:
    """Words, and how often each of them or one before it comes."""
    words = [f"{_syllable(rank)}{_syllable(rank * 7)}" for rank in range(3_000)]
    return words, [*accumulate(1 / (rank + 1) for rank in range(len(words)))]


def _peak() -> float:
    """Of this process, and of the largest of those that it started, together, in MB."""
    return sum(usage.ru_maxrss for usage in _usage()) / _MEGABYTE


def _usage() -> list[resource.struct_rusage]:
    processes = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return [resource.getrusage(process) for process in processes]


def _syllable(number: int) -> str:
    return "bdfgklmnprstvz"[number % 14] + "aeiou"[number // 14 % 5] + "lmnrst"[number // 70 % 6]


if __name__ == "__main__":
    main()
