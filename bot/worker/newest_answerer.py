"""Caches the answerer over the newest index: making one for each question would cost its start."""

from threading import Lock

from bot.answering.answerer import ModelSettings, create_answerer
from bot.answering.events import Answer, Answerer, Question
from bot.answering.model.embeddings import Embeddings, EmbeddingSettings
from bot.answering.retrieval.index import Index
from bot.answering.tools import allowed
from bot.conversation.knowledge import Knowledge
from bot.runtime.log import log
from bot.runtime.worker_settings import WorkerSettings


class NewestAnswerer:
    """An answerer over the newest index, made again only when there is a newer one."""

    def __init__(self, settings: WorkerSettings, knowledge: Knowledge) -> None:
        cells = settings.cells
        self._knowledge = knowledge
        self._model = ModelSettings(
            provider=cells.model_provider,
            model=cells.model,
            base_url=cells.model_url,
            api_key=settings.model_key,
            region=settings.region,
            prompt_tokens=cells.prompt_tokens,
        )
        self._embeddings = _embeddings(settings)
        self._ask_instead = cells.ask_instead
        self._tools = allowed(cells.tools)
        self._snapshot = knowledge.last
        self._answerer = self._over(self._snapshot.index)
        self._lock = Lock()

    def warm_up(self) -> None:
        # Without a look at S3: the answer itself takes that, once for each question.
        self._answerer.warm_up()
        if self._embeddings:
            self._embeddings.warm_up()

    def answer(self, question: Question, deadline: float) -> Answer:
        return self._newest().answer(question, deadline)

    def newest_index(self) -> Index:
        """As answers search it. Raises `AwsError`."""
        return self._knowledge.newest().index.with_embeddings(self._embeddings)

    def _newest(self) -> Answerer:
        snapshot = self._knowledge.newest()
        with self._lock:
            if snapshot is not self._snapshot:
                self._snapshot = snapshot
                self._answerer = self._over(snapshot.index)
                vectors_model = snapshot.index.embedding_model
                if self._embeddings and vectors_model != self._embeddings.model:
                    log("embeddings_unused", "WARNING", vectors=vectors_model or "none")
            return self._answerer

    def _over(self, index: Index) -> Answerer:
        index = index.with_embeddings(self._embeddings)
        return create_answerer(self._model, index, self._ask_instead, self._tools)


def _embeddings(settings: WorkerSettings) -> Embeddings | None:
    cells = settings.cells
    if not cells.embedding_model:
        return None
    return Embeddings(
        EmbeddingSettings(
            cells.embedding_model,
            cells.embedding_url or cells.model_url,
            settings.model_key,
        ),
        tell=lambda why: log("embedding_failed", "WARNING", why=why),
    )
