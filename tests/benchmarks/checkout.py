"""Another commit's files, set up beside this project as it would be by itself."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.bundle import ROOT
from scripts.install_parts import PARTS
from scripts.terminal.problem import Problem
from scripts.terminal.steps import step

_SECONDS = 900
"""A set-up's most: 1.5 GB of packages may come over a slow line."""


def full_name(commit: str) -> str:
    """The hash of a commit, a branch or a tag. Raises `Problem`."""
    try:
        done = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
    except (FileNotFoundError, subprocess.CalledProcessError):
        raise Problem(
            f"There is no commit {commit!r} here: name one that `git log` shows, such as HEAD~1."
        ) from None
    return done.decode().strip()


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """A commit's own `./stackbot`, ready to run, in a folder that goes with the block.

    It is on the disk of this project, whose installed packages it shares where its lock files are
    the same. Raises `Problem`.
    """
    hidden = ROOT / ".stackbot"
    with tempfile.TemporaryDirectory(prefix=f"against-{os.getpid()}-", dir=hidden) as scratch:
        project = Path(scratch, "project")
        with step(f"set up {commit[:12]}"):
            project.mkdir()
            files = _git("archive", "--format=tar", commit)
            subprocess.run(["tar", "-x", "-C", project], input=files, check=True)
            _share_installed(project)
            _set_up(project)
        yield project


def _share_installed(project: Path) -> None:
    """Bring in, as hard links, what both are made from the same files: seconds, and no network."""
    (project / ".stackbot").mkdir()
    for part in PARTS:
        if part.finished(ROOT) and part.has_same_sources(ROOT, project):
            folder = project / part.folder
            shutil.copytree(ROOT / part.folder, folder, symlinks=True, copy_function=_link)
            part.finish(project)


def _link(source: str, destination: str) -> None:
    try:
        os.link(source, destination, follow_symlinks=False)
    except OSError:  # another disk, or one without links
        shutil.copy2(source, destination, follow_symlinks=False)


def _set_up(project: Path) -> None:
    """Have its own ./stackbot install what is missing, for a command that does next to nothing."""
    command: list[str | Path] = [sys.executable, project / "stackbot", "socket", "--manifest"]
    variables = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run(
        command, cwd=project, env=variables, capture_output=True, text=True, timeout=_SECONDS
    )
    if done.returncode:
        raise Problem(f"The other commit could not be set up: {done.stderr.strip()[-600:]}")


def _git(*arguments: str) -> bytes:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
