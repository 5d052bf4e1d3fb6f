"""`./stackbot ingest`: what an environment answers from, out of folders, archives and files."""

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
from scripts.documents.outcome import Taken
from scripts.documents.progress import bar
from scripts.documents.report import show
from scripts.documents.sources.gathering import root_name
from scripts.terminal.interruption import uninterrupted
from scripts.terminal.problem import Problem
from scripts.terminal.prompt import agree


def run(options: argparse.Namespace) -> int:
    """Take in what the PATHs hold, and nothing else. Raises `Problem`: then nothing was changed."""
    name, paths = _told_apart(options.targets)
    made_from = [root_name(path) for path in paths]
    publishing.check_roots(made_from)
    with (
        deployment.deployed(name) as deployed,
        tempfile.TemporaryDirectory(prefix="stackbot-") as scratch,
    ):
        s3, bucket = deployed.client("s3"), deployed.outputs["Bucket"]
        _ask(name, publishing.roots(s3, bucket), made_from, options.yes)
        index, started = Path(scratch, "index"), time.monotonic()
        with bar() as progress:
            by = vectors.embeddings(deployed.client, deployed.functions[1])
            taken = knowledge.build(index, paths, progress, by)
        if not taken.documents:
            show(taken)
            raise Problem("There is nothing to take in, so nothing was changed.")
        _ask_again(name, publishing.documents(s3, bucket), taken.documents, options.yes)
        with uninterrupted():
            uploaded = publishing.publish(s3, bucket, index, made_from, taken.documents)
        seconds, size = time.monotonic() - started, index.stat().st_size
    if options.json:
        options.json.print(_as_json(name, taken, seconds, size, uploaded))
    else:
        show(taken)
        changed = "answers from them now" if uploaded else "has answered from the same before"
        sys.stdout.write(f"{name} {changed} ({seconds:.1f} s, {size / 1e6:.1f} MB).\n")
    return 0


def _told_apart(targets: Sequence[str]) -> tuple[str, list[Path]]:
    """The environment and the PATHs, where either may be missing."""
    try:
        name, *rest = (*targets, *([] if targets else [LOCAL.name]))
        environment(name)
    except UnknownEnvironmentError as error:
        if not Path(name).exists():
            raise Problem(f"There is no {name} here. {error}") from error
        name, rest = LOCAL.name, [*targets]
    paths = [Path(one) for one in rest] or [knowledge.FOLDER]
    for path in paths:
        if not path.exists():
            raise Problem(f"There is no {path}: name a folder, an archive or a file.")
    return name, paths


def _ask(name: str, there: tuple[str, ...] | None, made_from: Sequence[str], yes: bool) -> None:
    """Other documents than those that are there would be lost to it."""
    if there and there != (*made_from,):
        agree(
            f"{name} answers from {', '.join(there)}. Replace that by {', '.join(made_from)}?", yes
        )


def _ask_again(name: str, there: int, now: int, yes: bool) -> None:
    """Where most of the documents are gone, they may just not be where they were."""
    if 2 * now < there:
        agree(f"{name} answers from {there:,} documents, and these are {now:,}. Go on?", yes)


def _as_json(name: str, taken: Taken, seconds: float, size: int, uploaded: bool) -> dict[str, Any]:
    told = {"environment": name, "uploaded": uploaded, "seconds": round(seconds, 3), "bytes": size}
    return {**told, **asdict(taken)}
