"""Puts an index where the workers look for it, and keeps the one that was there before."""

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
_ROOM = 1_500
"""In bytes, of the 2 kB that S3 has for what is kept beside an object."""
_TRIED = 20
"""How many of the headings are searched for, one of which at least is to be found."""
_LARGEST = 200 * 1024 * 1024
"""In bytes: what a worker can load. See docs/many-documents.md."""


def roots(s3: Any, bucket: str) -> tuple[str, ...] | None:
    """What the index in a bucket was made from; None where there is none. `s3` is boto3's."""
    told = _told(s3, bucket)
    return None if told is None else tuple(json.loads(told.get(_ROOTS, "[]")))


def check_roots(made_from: Sequence[str]) -> None:
    """Raises `Problem` where S3, which keeps the names beside the index, has no room for them."""
    if len(json.dumps(made_from)) > _ROOM:
        raise Problem(f"{len(made_from)} PATHs are too many: name the folders that they are in.")


def documents(s3: Any, bucket: str) -> int:
    """How many the index in a bucket was made of; 0 where nobody knows."""
    return int((_told(s3, bucket) or {}).get(_DOCUMENTS, 0))


def publish(s3: Any, bucket: str, index: Path, made_from: Sequence[str], documents: int) -> bool:
    """Upload an index, unless the same is there already: then False. Raises `Problem`."""
    check(index)
    content = index.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    told = _told(s3, bucket)
    about = {_ROOTS: json.dumps(list(made_from)), _DOCUMENTS: str(documents)}
    metadata = {**about, _DIGEST: digest}
    if told == metadata:
        return False
    if told and _DIGEST in told:  # what somebody else has put there may be damaged
        source = {"Bucket": bucket, "Key": KNOWLEDGE_KEY}
        s3.copy_object(Bucket=bucket, Key=PREVIOUS_KNOWLEDGE_KEY, CopySource=source)
    s3.put_object(Bucket=bucket, Key=KNOWLEDGE_KEY, Body=content, Metadata=metadata)
    return True


def published(s3: Any, bucket: str) -> Index:
    """What an environment answers from; nothing before the first. Raises ValueError if damaged."""
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
    """Open and search an index as a worker would. Raises `Problem` where that goes wrong."""
    if index.stat().st_size > _LARGEST:
        raise Problem(
            f"The index has {index.stat().st_size // 1024**2} MB, and a worker takes at most"
            f" {_LARGEST // 1024**2}: take in less at a time. docs/many-documents.md says what is"
            " for more."
        )
    opened = Index.open(index)
    asked = [query_of(Question(str(one))) for one in islice(opened.sources(), _TRIED)]
    asked = [query for query in asked if query.words]
    if asked and not any(opened.search(query, 1) for query in asked):
        raise Problem("The index finds nothing of what was put into it. It was not uploaded.")


def _told(s3: Any, bucket: str) -> Mapping[str, str] | None:
    try:
        return dict(s3.head_object(Bucket=bucket, Key=KNOWLEDGE_KEY)["Metadata"])
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
            raise
        return None
