"""Caches the last indexes, for runs where no document and no rule has changed."""

import shutil
from dataclasses import asdict
from pathlib import Path

from bot.answering.retrieval.index import Index
from scripts.documents.indexing.cache import Cache
from scripts.documents.reading.converting import TRANSIENT
from scripts.documents.report import FileLeak, Report
from scripts.documents.sources.documents import Skipped
from scripts.local.whole_file import replacing

_MOST_INDEXES = 3


def restore(cache: Cache, key: bytes, index: Path) -> Report | None:
    """Copy the index of this key to `index`. None where there is none, or a damaged one."""
    file, fields = _file(cache, key), cache.get([key]).get(key)
    if fields is None:
        return None
    try:
        shutil.copyfile(file, index)
        Index.open(index)
    except (FileNotFoundError, ValueError):
        return None
    file.touch()
    return Report(
        **{
            **fields,
            "unchanged": fields["documents"],
            "skipped": tuple(Skipped(**skipped) for skipped in fields["skipped"]),
            "leaked": tuple(FileLeak(**leak) for leak in fields["leaked"]),
            "idle_rules": tuple(fields["idle_rules"]),
            "outer_rules": tuple(fields["outer_rules"]),
        }
    )


def save(cache: Cache, key: bytes, index: Path, report: Report) -> None:
    """Cache an index, unless it lacks documents that another run might convert."""
    if any(skipped.why in TRANSIENT for skipped in report.skipped):
        return
    file = _file(cache, key)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.parent.chmod(0o700)
    with replacing(file) as partial:
        shutil.copyfile(index, partial)
    cache.put({key: asdict(report)})
    by_age = sorted(file.parent.glob("*.sqlite"), key=lambda path: path.stat().st_mtime)
    for old in by_age[:-_MOST_INDEXES]:
        old.unlink(missing_ok=True)


def _file(cache: Cache, key: bytes) -> Path:
    return cache.folder / "indexes" / f"{key.hex()}.sqlite"
