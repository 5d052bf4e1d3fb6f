"""Dates of documents' last commits: the files' own are those of the checkout."""

import subprocess
from collections.abc import Container
from pathlib import Path

_TIMEOUT_SECONDS = 30
# Prints, NUL-separated: "\x01" and a commit's date such as 2026-11-02, then its files' names.
_LOG = ("log", "--format=%x01%cs", "--name-only", "--relative", "-z", "--no-renames", "--", ".")
_CHANGED = ("diff", "--name-only", "--relative", "-z", "HEAD", "--", ".")


def of_folder(folder: Path, names: Container[str]) -> dict[str, str]:
    """The ISO dates of the last commits of the files `names`, as far as Git has them.

    Files with uncommitted changes are left out. In a shallow clone the dates are "". Empty outside
    of a repository, or without Git.
    """
    try:
        shallow = _git(folder, "rev-parse", "--is-shallow-repository").strip() == "true"
        log, changed = _git(folder, *_LOG), set(_git(folder, *_CHANGED).split("\0"))
    except (OSError, subprocess.SubprocessError):
        return {}
    days: dict[str, str] = {}
    day = ""
    for part in log.split("\0"):
        name = part.lstrip("\n")
        if name.startswith("\x01"):
            day, _, name = name[1:].partition("\n")
            name = name.lstrip("\n")
        if name and name in names and name not in changed:
            days.setdefault(name, "" if shallow else day)
    return days


def _git(folder: Path, *arguments: str) -> str:
    completed = subprocess.run(
        ["git", "-C", folder, *arguments],
        capture_output=True,
        check=True,
        text=True,
        errors="surrogateescape",
        timeout=_TIMEOUT_SECONDS,
    )
    return completed.stdout
