"""Makes the knowledge index from the documents under `knowledge/`."""

import hashlib
from pathlib import Path
from typing import Any

from bot.answering.retrieval import build_index
from infra.names import KNOWLEDGE_KEY

FOLDER = Path(__file__).resolve().parent.parent / "knowledge"


def build(folder: Path = FOLDER) -> bytes:
    """The index of every Markdown file below `folder`."""
    return build_index(
        {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
            for path in documents(folder)
        }
    )


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
    if any((one["Key"], one["ETag"]) == (KNOWLEDGE_KEY, tag) for one in found):
        return False
    s3.put_object(Bucket=bucket, Key=KNOWLEDGE_KEY, Body=index)
    return True
