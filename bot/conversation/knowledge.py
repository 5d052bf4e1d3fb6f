"""What the bot knows: the newest index in S3, read again only when there is a newer one."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock

from bot.answering.retrieval.index import Index
from bot.conversation.s3_index import Content, S3Index
from bot.runtime.log import log


@dataclass(frozen=True, slots=True)
class KnowledgeSnapshot:
    """An index and when it came into S3; None before the first."""

    index: Index
    since: datetime | None = None


class Knowledge:
    """A damaged index is refused: the one before goes on serving.

    A worker that has none yet takes the one that was in S3 before. Until there is any, there are no
    documents, and answers say so.
    """

    def __init__(self, file: S3Index) -> None:
        self._file = file
        self._known = KnowledgeSnapshot(Index.of(()))
        self._lock = Lock()

    @property
    def last(self) -> KnowledgeSnapshot:
        """What was known at the last look at S3."""
        return self._known

    def newest(self) -> KnowledgeSnapshot:
        """What is known now. Raises `AwsError`."""
        with self._lock:
            newer = self._file.newer()
            if newer is not None and not self._take(newer) and self._known.since is None:
                previous = self._file.previous()
                if previous is not None:
                    self._take(previous)
            return self._known

    def _take(self, content: Content) -> bool:
        try:
            self._known = KnowledgeSnapshot(_opened(content.content), content.modified)
        except ValueError as error:
            log("knowledge_refused", "ERROR", why=str(error), since=content.modified.isoformat())
            return False
        except OSError:  # such as a full disk: that says nothing about the index
            self._file.forget()
            raise
        return True


def _opened(content: bytes) -> Index:
    """Raises ValueError. The file is deleted at once: what is open stays readable."""
    with NamedTemporaryFile(prefix="knowledge-") as file:
        file.write(content)
        file.flush()
        return Index.open(Path(file.name))
