"""Fetches the knowledge index from S3 and hands it to `answering` as bytes.

A worker that stays warm asks again before each question, and S3 answers 304 while nothing changed.
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from bot.runtime.aws import AwsError, Client
from bot.runtime.log import log

PREVIOUS = ".previous"
"""Behind the key of an index: where the one before it is kept."""


@dataclass(frozen=True, slots=True)
class Content:
    """An object's bytes, and when they came into S3."""

    content: bytes
    modified: datetime


class S3Index:
    """The newest version of one object, kept until S3 has a newer one."""

    def __init__(self, aws: Client, bucket: str, key: str) -> None:
        self._aws, self._bucket, self._key = aws, bucket, key
        self._etag: str | None = None

    def newer(self) -> Content | None:
        """The index where it changed since the last call, else None. Raises `AwsError`.

        None as well where there is none yet. AWS says `AccessDenied` then, since the worker may
        read this one object and list nothing; so that is logged, in case a grant is missing.
        """
        fetched = self._fetched(self._key, self._etag)
        if fetched is None:
            return None
        content, self._etag, modified = fetched
        return Content(content, parsedate_to_datetime(modified))

    def forget(self) -> None:
        """Have `newer` give the index again, although S3 has no newer one."""
        self._etag = None

    def previous(self) -> Content | None:
        """The index before the newest, if any. Raises `AwsError`: then ask for the newest again."""
        try:
            fetched = self._fetched(f"{self._key}{PREVIOUS}", None)
        except AwsError:
            self.forget()
            raise
        return Content(fetched[0], parsedate_to_datetime(fetched[2])) if fetched else None

    def _fetched(self, key: str, etag: str | None) -> tuple[bytes, str, str] | None:
        try:
            return self._aws.get_object(self._bucket, key, etag)
        except AwsError as error:
            if error.code not in ("NoSuchKey", "AccessDenied"):
                raise
            log("no_knowledge", "WARNING", why=error.code, key=key)
            return None
