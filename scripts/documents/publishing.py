"""Uploads an index to the key that the workers load, and keeps the one before under another."""

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from bot.answering.events import Question
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.query import query_of
from infra.names import KNOWLEDGE_KEY, PREVIOUS_KNOWLEDGE_KEY
from scripts.terminal.problem import Problem

_ROOTS, _DIGEST, _DOCUMENTS = "roots", "sha256", "documents"
_MOST_METADATA = 1_500
"""In bytes. S3 takes 2 kB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html."""
_TRIAL_SEARCHES = 20
"""How many of the headings are searched for. At least one is to be found."""
_LARGEST = 200 * 1024 * 1024
"""In bytes, what a worker can load: see docs/many-documents.md."""


def roots(s3: Any, bucket: str) -> tuple[str, ...] | None:
    """The names of the PATHs that the index was made from; None where a bucket has no index."""
    metadata = _metadata(s3, bucket)
    return None if metadata is None else tuple(json.loads(metadata.get(_ROOTS, "[]")))


def check_roots(made_from: Sequence[str]) -> None:
    """Raise `Problem` where the names are too long for the metadata of S3's object."""
    if len(json.dumps(made_from)) > _MOST_METADATA:
        raise Problem(f"{len(made_from)} PATHs are too many: name the folders that they are in.")


def documents(s3: Any, bucket: str) -> int:
    """How many documents the index in a bucket holds; 0 where that is unknown."""
    return int((_metadata(s3, bucket) or {}).get(_DOCUMENTS, 0))


def publish(s3: Any, bucket: str, index: Path, made_from: Sequence[str], documents: int) -> bool:
    """Upload an index. False where the same is there already. Raises `Problem`."""
    check(index)
    content = index.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    current = _metadata(s3, bucket)
    roots = json.dumps(list(made_from))
    metadata = {_ROOTS: roots, _DOCUMENTS: str(documents), _DIGEST: digest}
    if current == metadata:
        return False
    if current and _DIGEST in current:  # what somebody else has put there may be damaged
        source = {"Bucket": bucket, "Key": KNOWLEDGE_KEY}
        s3.copy_object(Bucket=bucket, Key=PREVIOUS_KNOWLEDGE_KEY, CopySource=source)
    s3.put_object(Bucket=bucket, Key=KNOWLEDGE_KEY, Body=content, Metadata=metadata)
    return True


def published(s3: Any, bucket: str) -> Index:
    """The index of an environment; an empty one before the first. ValueError: it is damaged."""
    with tempfile.NamedTemporaryFile(prefix="stackbot-") as file:
        try:
            file.write(s3.get_object(Bucket=bucket, Key=KNOWLEDGE_KEY)["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return Index.of(())
        file.flush()
        return Index.open(Path(file.name))


def check(index: Path) -> None:
    """Open and search an index as a worker would. Raises `Problem`."""
    if index.stat().st_size > _LARGEST:
        raise Problem(
            f"The index has {index.stat().st_size // 1024**2} MB, and a worker takes at most"
            f" {_LARGEST // 1024**2}: take in less at a time. docs/many-documents.md says what is"
            " for more."
        )
    opened = Index.open(index)
    headings = islice(opened.sources(), _TRIAL_SEARCHES)
    queries = [query_of(Question(str(heading))) for heading in headings]
    queries = [query for query in queries if query.words]
    if queries and not any(opened.search(query, 1) for query in queries):
        raise Problem("The index finds nothing of what was put into it. It was not uploaded.")


def _metadata(s3: Any, bucket: str) -> Mapping[str, str] | None:
    try:
        return dict(s3.head_object(Bucket=bucket, Key=KNOWLEDGE_KEY)["Metadata"])
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
            raise
        return None
