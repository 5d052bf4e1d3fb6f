"""A benchmark as the evaluation takes it, whatever form it is published in."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.answering.retrieval.passages import Passage
from scripts.evaluate.cases import Case


@dataclass(frozen=True, slots=True)
class Dataset:
    """`note` says which of our figures are those that the benchmark's authors publish."""

    name: str
    passages: tuple[Passage, ...]
    cases: tuple[Case, ...]
    note: str = ""


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file with one a line; of a `.zip`, those of its first `.jsonl` file."""
    if path.suffix != ".zip":
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())
        return
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".jsonl"))
        with archive.open(name) as zipped:
            yield from (json.loads(line) for line in zipped if line.strip())
