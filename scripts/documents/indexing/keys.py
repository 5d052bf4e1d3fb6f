"""By what a result is kept: what it was made from, and the code that made it."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version

from scripts.aws.cdk import ROOT
from scripts.documents.indexing.preparing import Task
from scripts.documents.sources.documents import Found

_CONVERSION = (
    "requirements/converter.txt",
    "scripts/documents/reading/conversion/*.py",
    "scripts/documents/reading/leaks.py",
)
_PREPARATION = ("scripts/documents/**/*.py", "bot/answering/**/*.py")


def digests(files: tuple[Found, ...]) -> Mapping[Found, str]:
    """Hashes of the contents. A file that cannot be read has none."""
    found = {}
    for file in files:
        try:
            with file.path.open("rb") as opened:
                found[file] = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError:
            continue
    return found


def of_conversion(found: Found, digest: str) -> bytes:
    return _hash(_code(_CONVERSION), found.kind, digest)


def of_preparation(task: Task, digest: str) -> bytes:
    found = task.found
    told = (
        version("pystemmer"),
        found.name,
        found.kind,
        found.modified,
        found.title,
        found.url,
        digest,
    )
    return _hash(_code(_PREPARATION), _code(_CONVERSION), *told, repr(task.rules))


def of_index(prepared: Iterable[bytes], *told: object) -> bytes:
    """Of what the documents come to, and of whatever else the index and its report depend on."""
    return _hash("index", _code(_PREPARATION), *(key.hex() for key in prepared), repr(told))


@cache
def _code(patterns: tuple[str, ...]) -> str:
    files = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
    return _hash(*(path.read_text() for path in files)).hex()


def _hash(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).digest()
