"""Makes the knowledge index from the documents under `knowledge/`."""

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
            for path in sorted(folder.rglob("*.md"))
        }
    )


def upload(s3: Any, bucket: str) -> None:
    """Put the index where the worker looks for it. `s3` is boto3's client."""
    s3.put_object(Bucket=bucket, Key=KNOWLEDGE_KEY, Body=build())
