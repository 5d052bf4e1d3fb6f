"""Taking in 10,000 Markdown files: the first time, when nothing has changed, and when one has."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from scripts.aws.cdk import ROOT
from tests.benchmarks.figures import Hold, Row, Series
from tests.benchmarks.measures.ingest_run import DOCUMENTS, document

SECONDS = 600


def measure() -> list[Row]:
    """A process each, as the command is; what is kept begins empty."""
    with tempfile.TemporaryDirectory(prefix="stackbot-bench-") as scratch:
        folder = Path(scratch, "handbook")
        folder.mkdir()
        for number in range(DOCUMENTS):
            (folder / f"{number:05}.md").write_text(document(number))
        first = _ingested(scratch)
        again = _ingested(scratch)
        (folder / "00007.md").write_text(document(DOCUMENTS))
        changed = _ingested(scratch)
    if (again["unchanged"], changed["unchanged"]) != (DOCUMENTS, DOCUMENTS - 1):
        raise RuntimeError(f"what had not changed was done again: {again}, {changed}")
    name = f"{DOCUMENTS:,} Markdown files"
    return [
        Row(f"{name}, first", "s", _series(first["seconds"]), hold=Hold(at_most=60)),
        Row(f"{name}, unchanged", "s", _series(again["seconds"]), hold=Hold(at_most=5)),
        Row(f"{name}, one changed", "s", _series(changed["seconds"])),
        Row(f"{name}, first, of the processors", "s", _series(first["processor"])),
        Row(f"{name}, one changed, of the processors", "s", _series(changed["processor"])),
        Row(f"{name}, most memory", "MB", _series(first["megabytes"])),
        Row(f"{first['passages']:,} passages, index", "MB", _series(first["index"])),
    ]


def _ingested(scratch: str) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", "tests.benchmarks.measures.ingest_run", scratch]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True, text=True
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _series(value: float) -> Series:
    return Series((value,))
