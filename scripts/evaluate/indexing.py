"""The index that an evaluation in this process searches, with vectors where a model is named."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.answering.model.embeddings import (
    EmbeddingFailedError,
    Embeddings,
    EmbeddingSettings,
    text_of,
)
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.index_writing import write_index
from bot.answering.retrieval.passages import Passage
from scripts.local.models import Model
from scripts.terminal.problem import Problem

_BATCH = 64
"""Texts in one request to the embedding endpoint."""


@contextmanager
def index_of(
    passages: Sequence[Passage],
    model: Model,
    embedding_model: str,
    progress: Callable[[int], None],
) -> Iterator[Index]:
    """An index in memory; with `embedding_model` in a file that exists while the block runs.

    `progress` is called with the number of passages that have a vector. Raises `Problem`.
    """
    if not embedding_model:
        yield Index.of(passages)
        return
    if model.provider != "openai":
        raise Problem("Embeddings need a server: set OPENAI_API_KEY, or OPENAI_BASE_URL to it.")
    embeddings = _StrictEmbeddings(
        EmbeddingSettings(embedding_model, model.url, model.key), lambda _: None
    )
    vectors: list[bytes] = []
    for start in range(0, len(passages), _BATCH):
        vectors += embeddings.embed([text_of(p) for p in passages[start : start + _BATCH]])
        progress(len(vectors))
    with tempfile.TemporaryDirectory(prefix="stackbot-") as folder:
        path = Path(folder, "index.sqlite")
        write_index(path, passages, embedding_model=embedding_model, vectors=vectors)
        yield Index.open(path).with_embeddings(embeddings)


class _StrictEmbeddings(Embeddings):
    """Raises `Problem` where the endpoint fails; the worker would search by words alone."""

    def of_question(self, text: str) -> bytes:
        return self.embed([text.strip()])[0]

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        try:
            return super().embed(texts)
        except EmbeddingFailedError as error:
            raise Problem(f"The embedding model {self.model} failed: {error}.") from error
