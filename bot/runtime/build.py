"""Names the running code by its contents, so that a log line tells which build wrote it."""

from __future__ import annotations

import hashlib
import os
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# pathlib would cost the ingress 3 ms.
_BOT = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120


@cache
def build_id() -> str:
    """Return the id of the code that runs."""
    return hash_tree(_BOT)


def hash_tree(root: str) -> str:
    """Return 12 hex digits over the paths and bytes of the files below `root`, .pyc apart."""
    files = {}
    for name in _files(root, ""):
        with open(f"{root}/{name}", "rb") as file:  # noqa: PTH123
            files[name] = file.read()
    return hash_files(files)


def hash_files(files: Mapping[str, bytes]) -> str:
    """Return the same id, of files that have been read, by their paths."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()[:12]


def _files(root: str, folder: str) -> list[str]:
    names = []
    with os.scandir(f"{root}/{folder}") as entries:
        for entry in entries:
            if entry.is_dir():
                names += _files(root, f"{folder}{entry.name}/")
            elif not entry.name.endswith(".pyc"):
                names.append(f"{folder}{entry.name}")
    return names
