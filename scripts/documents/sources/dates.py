"""When documents were last changed, as Git knows: a checkout's files are all as new as itself."""

import subprocess
from collections.abc import Container
from pathlib import Path

_SECONDS = 30
_LOG = ("log", "--format=%x01%cs", "--name-only", "--relative", "-z", "--no-renames", "--", ".")
_CHANGED = ("diff", "--name-only", "--relative", "-z", "HEAD", "--", ".")


def of_folder(folder: Path, names: Container[str]) -> dict[str, str]:
    """The dates of the last commits, in ISO, of those of the files that Git has.

    Those with changes that are not committed are left out. A shallow clone knows no dates: then
    they are "". Nothing outside of a repository, or without Git.
    """
    try:
        shallow = _git(folder, "rev-parse", "--is-shallow-repository").strip() == "true"
        log, changed = _git(folder, *_LOG), set(_git(folder, *_CHANGED).split("\0"))
    except (OSError, subprocess.SubprocessError):
        return {}
    found: dict[str, str] = {}
    day = ""
    for part in log.split("\0"):
        name = part.lstrip("\n")
        if name.startswith("\x01"):
            day, _, name = name[1:].partition("\n")
            name = name.lstrip("\n")
        if name and name in names and name not in changed:
            found.setdefault(name, "" if shallow else day)
    return found


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", folder, *arguments],
        capture_output=True,
        check=True,
        text=True,
        errors="surrogateescape",
        timeout=_SECONDS,
    )
    return done.stdout
