"""What the bot knows: the newest index in S3, read again only when there is a newer one."""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from bot.answering.retrieval import Index
from bot.index import IndexFile
from bot.log import log


@dataclass(frozen=True, slots=True)
class Known:
    """An index and when it came into S3; None before the first."""

    index: Index
    since: datetime | None = None


class Knowledge:
    """A damaged index is refused: the one before goes on serving.

    Until there is one, there are no documents, and answers say so.
    """

    def __init__(self, file: IndexFile) -> None:
        self._file = file
        self._known = Known(Index.of(()))
        self._lock = Lock()

    @property
    def last(self) -> Known:
        """What was known at the last look at S3."""
        return self._known

    def newest(self) -> Known:
        """What is known now. Raises `AwsError`."""
        with self._lock:
            newer = self._file.newer()
            if newer is not None:
                try:
                    self._known = Known(Index.from_json(newer.content), newer.modified)
                except ValueError as error:
                    log("knowledge_refused", "ERROR", why=str(error))
            return self._known
