"""What the bot knows: the newest index in S3, fetched again only when there is a newer one.

A worker that stays warm asks S3 before each question; S3 answers 304 while nothing has changed.
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock

from bot.answering.retrieval.index import Index
from bot.runtime.aws import AwsError, Client
from bot.runtime.log import log

_PREVIOUS_SUFFIX = ".previous"
"""The index before that of "knowledge/index-2.sqlite" is "knowledge/index-2.sqlite.previous"."""


@dataclass(frozen=True, slots=True)
class KnowledgeSnapshot:
    """An index and when it came into S3; `since` is None before the first."""

    index: Index
    since: datetime | None = None


class Knowledge:
    """The newest index that can be opened.

    A damaged index is refused, and the one before it stays in use. A worker that has none yet
    takes the previous one from S3. Without any index there are no documents, and answers say so.
    """

    def __init__(self, s3_index: "S3Index") -> None:
        self._s3_index = s3_index
        self._snapshot = KnowledgeSnapshot(Index.of(()))
        self._lock = Lock()

    @property
    def last(self) -> KnowledgeSnapshot:
        """The snapshot of the last call to `newest`; S3 is not asked."""
        return self._snapshot

    def newest(self) -> KnowledgeSnapshot:
        """The newest snapshot, looked for in S3. Raises `AwsError`."""
        with self._lock:
            newer = self._s3_index.newer()
            if newer is not None and not self._open(newer) and self._snapshot.since is None:
                previous = self._s3_index.previous()
                if previous is not None:
                    self._open(previous)
            return self._snapshot

    def _open(self, version: "IndexVersion") -> bool:
        """Make an index the newest snapshot; False where it is damaged."""
        try:
            self._snapshot = KnowledgeSnapshot(_index_from(version.content), version.modified)
        except ValueError as error:
            log("knowledge_refused", "ERROR", why=str(error), since=version.modified.isoformat())
            return False
        except OSError:  # such as a full disk: the index itself may be sound
            self._s3_index.forget()
            raise
        return True


@dataclass(frozen=True, slots=True)
class IndexVersion:
    """The bytes of an index, and when they came into S3."""

    content: bytes
    modified: datetime


class S3Index:
    """One index in S3. It remembers by its ETag which version was fetched last."""

    def __init__(self, aws: Client, bucket: str, key: str) -> None:
        self._aws, self._bucket, self._key = aws, bucket, key
        self._etag: str | None = None

    def newer(self) -> IndexVersion | None:
        """The index where it has changed since the last call, else None. Raises `AwsError`.

        None also where there is no index yet. S3 says `AccessDenied` then, since the worker may
        read this object and not list the bucket; so that is logged, in case a grant is missing.
        """
        response = self._fetch(self._key, self._etag)
        if response is None:
            return None
        content, self._etag, modified = response
        return IndexVersion(content, parsedate_to_datetime(modified))

    def forget(self) -> None:
        """Have `newer` fetch the index again, although S3 has no newer one."""
        self._etag = None

    def previous(self) -> IndexVersion | None:
        """The index before the newest, if any. Raises `AwsError`, and forgets the newest then."""
        try:
            response = self._fetch(f"{self._key}{_PREVIOUS_SUFFIX}", None)
        except AwsError:
            self.forget()
            raise
        return IndexVersion(response[0], parsedate_to_datetime(response[2])) if response else None

    def _fetch(self, key: str, etag: str | None) -> tuple[bytes, str, str] | None:
        """Content, ETag and HTTP date of an object; None where it still has that `etag`."""
        try:
            return self._aws.get_object(self._bucket, key, etag)
        except AwsError as error:
            if error.code not in ("NoSuchKey", "AccessDenied"):
                raise
            log("no_knowledge", "WARNING", why=error.code, key=key)
            return None


def _index_from(content: bytes) -> Index:
    """Open an index. Raises ValueError where it is damaged.

    The file is deleted at once: a file that is open stays readable.
    """
    with NamedTemporaryFile(prefix="knowledge-") as file:
        file.write(content)
        file.flush()
        return Index.open(Path(file.name))
