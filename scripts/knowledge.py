"""Makes the knowledge index from the documents under `knowledge/`."""

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.answering.index_writing import write_index
from bot.answering.passages import Passage, split
from infra.names import KNOWLEDGE_KEY, PREVIOUS_KNOWLEDGE_KEY

FOLDER = Path(__file__).resolve().parent.parent / "knowledge"

_OURS = {"written-by": "stackbot"}


def build(folder: Path = FOLDER) -> bytes:
    """The index of every Markdown file below `folder`."""
    return written(passages(folder))


def index_of(files: Mapping[str, str]) -> bytes:
    """The index of documents given as file name → Markdown."""
    return written(passage for name in sorted(files) for passage in split(name, files[name]))


def passages(folder: Path = FOLDER) -> list[Passage]:
    """Those of every Markdown file below `folder`."""
    return [
        passage
        for path in documents(folder)
        for passage in split(
            path.relative_to(folder).as_posix(),
            path.read_text(encoding="utf-8", errors="replace"),
        )
    ]


def documents(folder: Path = FOLDER) -> list[Path]:
    """Every Markdown file below `folder`; not the hidden ones, which are an editor's own."""
    return sorted(
        path
        for path in folder.rglob("*.md")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def upload(s3: Any, bucket: str) -> bool:
    """Put the index where the worker looks for it. False: it is there already.

    `s3` is boto3's client. The tag of what S3 got in one piece is its MD5.
    """
    index = build()
    tag = f'"{hashlib.md5(index, usedforsecurity=False).hexdigest()}"'
    found = s3.list_objects_v2(Bucket=bucket, Prefix=KNOWLEDGE_KEY).get("Contents", [])
    tags = {one["Key"]: one["ETag"] for one in found}
    if tags.get(KNOWLEDGE_KEY) == tag:
        return False
    if KNOWLEDGE_KEY in tags:
        _keep_previous(s3, bucket)
    s3.put_object(Bucket=bucket, Key=KNOWLEDGE_KEY, Body=index, Metadata=_OURS)
    return True


def _keep_previous(s3: Any, bucket: str) -> None:
    """Copy the index that is there to where a worker falls back to.

    Only one that was written here: what somebody else put there may be damaged.
    """
    if s3.head_object(Bucket=bucket, Key=KNOWLEDGE_KEY)["Metadata"] == _OURS:
        source = {"Bucket": bucket, "Key": KNOWLEDGE_KEY}
        s3.copy_object(Bucket=bucket, Key=PREVIOUS_KNOWLEDGE_KEY, CopySource=source)


def written(passages: Iterable[Passage]) -> bytes:
    """The file of an index of these passages."""
    with tempfile.TemporaryDirectory(prefix="stackbot-index-") as folder:
        path = Path(folder, "index.sqlite")
        write_index(path, passages)
        return path.read_bytes()
