"""Another commit's files in a folder of their own, set up to be measured."""

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
"""The limit of a set-up, which may fetch 1.5 GB of packages over a slow line."""


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
    """A commit's own `./stackbot`, ready to run, in a folder that is deleted after the block.

    It shares this project's installed packages where their lock files are the same, for which it
    is on the same disk. Raises `Problem`.
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
    """Hard-link the installed parts that both make from the same files."""
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
    """Run a cheap command of its own ./stackbot, which installs what is missing before."""
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
