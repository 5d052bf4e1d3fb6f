"""`./stackbot ingest`: has an environment answer from folders, archives and files."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from infra.environments import LOCAL, UnknownEnvironmentError, environment
from scripts.aws import deployment
from scripts.documents import knowledge, publishing
from scripts.documents.indexing import vectors
from scripts.documents.progress import bar
from scripts.documents.report import Report, show
from scripts.documents.sources.gathering import root_name
from scripts.terminal.interruption import uninterrupted
from scripts.terminal.problem import Problem
from scripts.terminal.prompt import agree


def run(options: argparse.Namespace) -> int:
    """Replace the environment's index by one of the PATHs. `Problem`: nothing was changed."""
    name, paths = _targets(options.targets)
    made_from = [root_name(path) for path in paths]
    publishing.check_roots(made_from)
    with (
        deployment.deployed(name) as deployed,
        tempfile.TemporaryDirectory(prefix="stackbot-") as scratch,
    ):
        s3, bucket = deployed.client("s3"), deployed.outputs["Bucket"]
        _confirm_sources(name, publishing.roots(s3, bucket), made_from, options.yes)
        index, started = Path(scratch, "index"), time.monotonic()
        with bar() as progress:
            embeddings = vectors.embeddings(deployed.client, deployed.functions[1])
            report = knowledge.build(index, paths, progress, embeddings)
        if not report.documents:
            show(report)
            raise Problem("There is nothing to take in, so nothing was changed.")
        _confirm_count(name, publishing.documents(s3, bucket), report.documents, options.yes)
        with uninterrupted():
            uploaded = publishing.publish(s3, bucket, index, made_from, report.documents)
        seconds, size = time.monotonic() - started, index.stat().st_size
    if options.json:
        options.json.print(_as_json(name, report, seconds, size, uploaded))
    else:
        show(report)
        changed = "answers from them now" if uploaded else "has answered from the same before"
        sys.stdout.write(f"{name} {changed} ({seconds:.1f} s, {size / 1e6:.1f} MB).\n")
    return 0


def _targets(targets: Sequence[str]) -> tuple[str, list[Path]]:
    """The environment and the PATHs, where either may be missing. Raises `Problem`."""
    try:
        name, *rest = (*targets, *([] if targets else [LOCAL.name]))
        environment(name)
    except UnknownEnvironmentError as error:
        if not Path(name).exists():
            raise Problem(f"There is no {name} here. {error}") from error
        name, rest = LOCAL.name, [*targets]
    paths = [Path(path) for path in rest] or [knowledge.FOLDER]
    for path in paths:
        if not path.exists():
            raise Problem(f"There is no {path}: name a folder, an archive or a file.")
    return name, paths


def _confirm_sources(
    name: str, current: tuple[str, ...] | None, made_from: Sequence[str], yes: bool
) -> None:
    """Ask before documents from elsewhere are replaced."""
    if current and current != (*made_from,):
        agree(
            f"{name} answers from {', '.join(current)}. Replace that by {', '.join(made_from)}?",
            yes,
        )


def _confirm_count(name: str, current: int, new: int, yes: bool) -> None:
    """Ask where more than half of the documents are gone: a folder may be incomplete."""
    if 2 * new < current:
        agree(f"{name} answers from {current:,} documents, and these are {new:,}. Go on?", yes)


def _as_json(
    name: str, report: Report, seconds: float, size: int, uploaded: bool
) -> dict[str, Any]:
    return {
        "environment": name,
        "uploaded": uploaded,
        "seconds": round(seconds, 3),
        "bytes": size,
        **asdict(report),
    }
