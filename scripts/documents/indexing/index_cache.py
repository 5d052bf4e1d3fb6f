"""Keeps the last indexes that were made: where nothing at all has changed, one is there already."""

import shutil
from dataclasses import asdict, replace
from pathlib import Path

from bot.answering.retrieval.index import Index
from scripts.documents.indexing.cache import Kept
from scripts.documents.outcome import Leaked, Taken
from scripts.documents.reading.converting import PASSING
from scripts.documents.sources.documents import Skipped
from scripts.local.whole_file import replacing

_KEPT = 3


def recalled(kept: Kept, key: bytes, index: Path) -> Taken | None:
    """Put the index of this key to `index` and say what is in it; None where there is none.

    One that is damaged is none.
    """
    file, told = _file(kept, key), kept.get([key]).get(key)
    if told is None:
        return None
    try:
        shutil.copyfile(file, index)
        Index.open(index)
    except (FileNotFoundError, ValueError):
        return None
    file.touch()
    found = Taken(
        **{
            **told,
            "skipped": tuple(Skipped(**one) for one in told["skipped"]),
            "leaked": tuple(Leaked(**one) for one in told["leaked"]),
            "idle_rules": tuple(told["idle_rules"]),
            "outer_rules": tuple(told["outer_rules"]),
        }
    )
    return replace(found, unchanged=found.documents)


def remember(kept: Kept, key: bytes, index: Path, taken: Taken) -> None:
    """Keep an index, unless another try might take in more."""
    if any(one.why in PASSING for one in taken.skipped):
        return
    file = _file(kept, key)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.parent.chmod(0o700)
    with replacing(file) as partial:
        shutil.copyfile(index, partial)
    kept.put({key: asdict(taken)})
    by_age = sorted(file.parent.glob("*.sqlite"), key=lambda one: one.stat().st_mtime)
    for old in by_age[:-_KEPT]:
        old.unlink(missing_ok=True)


def _file(kept: Kept, key: bytes) -> Path:
    return kept.folder / "indexes" / f"{key.hex()}.sqlite"
