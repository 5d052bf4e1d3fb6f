"""The cache's keys: hashes of what a result depends on, its inputs and our code."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version

from scripts.aws.cdk import ROOT
from scripts.documents.indexing.preparing import Task
from scripts.documents.sources.documents import DocumentFile

_CONVERSION = (
    "requirements/converter.txt",
    "scripts/documents/reading/conversion/*.py",
    "scripts/documents/reading/leaks.py",
)
_PREPARATION = ("scripts/documents/**/*.py", "bot/answering/**/*.py")


def digests(files: Sequence[DocumentFile]) -> Mapping[DocumentFile, str]:
    """SHA-256 of the contents, in hexadecimal. A file that cannot be read has none."""
    hashes = {}
    for file in files:
        try:
            with file.path.open("rb") as opened:
                hashes[file] = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError:
            continue
    return hashes


def of_conversion(file: DocumentFile, digest: str) -> bytes:
    return _hash(_code(_CONVERSION), file.kind, digest)


def of_preparation(task: Task, digest: str) -> bytes:
    file = task.file
    inputs = (file.name, file.kind, file.modified, file.title, file.url, digest, repr(task.rules))
    return _hash(_code(_PREPARATION), _code(_CONVERSION), version("pystemmer"), *inputs)


def of_index(preparations: Iterable[bytes], *inputs: object) -> bytes:
    """Of the documents' keys, and of whatever else the index and its report depend on."""
    keys = (key.hex() for key in preparations)
    return _hash("index", _code(_PREPARATION), *keys, repr(inputs))


@cache
def _code(patterns: tuple[str, ...]) -> str:
    files = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
    return _hash(*(path.read_text() for path in files)).hex()


def _hash(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).digest()
