"""Turns texts into vectors by an embedding endpoint, as OpenAI has it and most model servers do.

Of each number in a vector only its sign is kept: that is a thirty-second of the size, it can be
compared without any library, and the ranking hardly changes.
"""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from bot.answering.model.background import Connected, http_client, in_background, tell_socket
from bot.answering.model.settings import is_url
from bot.answering.retrieval.passages import Passage

if TYPE_CHECKING:
    from openai import OpenAI

_TIMEOUT = 1.5
"""Seconds that a question's vector may take. Words alone find most."""
_PAUSE = 10.0
"""Seconds for which an endpoint that failed is left alone: one answer searches several times."""
_BATCH, _BATCH_TIMEOUT, _BATCH_RETRIES = 64, 60.0, 5
_CHARACTERS = 6_000
"""What of a text is sent: endpoints refuse more than some 8,000 tokens."""


class EmbeddingFailedError(Exception):
    """No vectors came. The message names kinds and codes, and nothing that was sent."""


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """Which model makes vectors, and where. Raises ValueError, which says what to set.

    `base_url` is that of OpenAI where it is empty.
    """

    model: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.base_url and not is_url(self.base_url):
            raise ValueError(
                f"The address {self.base_url!r} is not a URL: set embedding_url"
                " in infra/environments.py to an address such as"
                " http://127.0.0.1:11434/v1."
            )


class Embeddings:
    """An embedding endpoint. `tell` is called with the kind of each failure, for logs."""

    def __init__(self, settings: EmbeddingSettings, tell: Callable[[str], None]) -> None:
        self.model = settings.model
        self._settings, self._tell = settings, tell
        self._last: tuple[str, bytes] = ("", b"")
        self._paused_until = 0.0

    def warm_up(self) -> None:
        """Import openai and make the client; opens no connection."""
        _ = self._client.embeddings

    def of_question(self, text: str) -> bytes | None:
        """The vector of a question; None where it does not come within 1.5 seconds."""
        text = text.strip()[:_CHARACTERS]
        cached_text, vector = self._last
        if text == cached_text:
            return vector or None
        if time.monotonic() < self._paused_until:
            return None
        try:
            vector = self._within(text, time.monotonic() + _TIMEOUT)
        except Exception as error:  # servers and libraries fail in more ways than anyone can list
            self._paused_until = time.monotonic() + _PAUSE
            self._tell(_kind(error))
            return None
        self._last = text, vector
        return vector

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """The vectors of many texts, with retries. Raises EmbeddingFailedError."""
        tell_socket(lambda _: None)
        vectors: list[bytes] = []
        for start in range(0, len(texts), _BATCH):
            batch = [text[:_CHARACTERS] for text in texts[start : start + _BATCH]]
            try:
                vectors += self._embed(batch, _BATCH_TIMEOUT, _BATCH_RETRIES)
            except Exception as error:
                raise EmbeddingFailedError(_kind(error)) from error
        return vectors

    @cached_property
    def _client(self) -> "OpenAI":
        from openai import OpenAI

        return OpenAI(
            api_key=self._settings.api_key or "none",
            base_url=self._settings.base_url or "https://api.openai.com/v1",
            max_retries=0,
            http_client=http_client(),
        )

    def _within(self, text: str, deadline: float) -> bytes:
        def opened(connected: Connected) -> Generator[bytes]:
            tell_socket(connected)
            yield from self._embed([text], _TIMEOUT, retries=0)

        with closing(in_background(opened, deadline)) as vectors:
            return next(vector for vector in vectors if vector is not None)

    def _embed(self, texts: list[str], timeout: float, retries: int) -> list[bytes]:
        client = self._client.with_options(timeout=timeout, max_retries=retries)
        items = client.embeddings.create(model=self.model, input=texts).data
        if len(items) != len(texts):
            raise ValueError("not a vector for each text")
        return [signs(item.embedding) for item in sorted(items, key=lambda item: item.index)]


def text_of(passage: Passage) -> str:
    """The text that the vector of a passage is made from."""
    return f"{passage.source}\n\n{passage.text}"


def signs(vector: Sequence[float]) -> bytes:
    """A bit for each number, 1 where it is above 0; the last byte is filled up with zeros."""
    bits = "".join("1" if number > 0 else "0" for number in vector)
    size = -(-len(bits) // 8)
    return int(bits.ljust(8 * size, "0"), 2).to_bytes(size)


def _kind(error: Exception) -> str:
    status = getattr(error, "status_code", "")
    return f"{type(error).__name__} {status}".strip()
