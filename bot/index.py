"""Fetches the knowledge index from S3 and hands it to `answering` as bytes.

A worker that stays warm asks again before each question, and S3 answers 304 while nothing changed.
"""

from bot.aws import Client


class IndexFile:
    """The newest version of one object, kept until S3 has a newer one."""

    def __init__(self, aws: Client, bucket: str, key: str) -> None:
        self._aws, self._bucket, self._key = aws, bucket, key
        self._etag: str | None = None

    def newer(self) -> bytes | None:
        """The index where it changed since the last call, else None. Raises `AwsError`."""
        fetched = self._aws.get_object(self._bucket, self._key, self._etag)
        if fetched is None:
            return None
        content, self._etag = fetched
        return content
