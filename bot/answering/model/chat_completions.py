"""Asks a language model by streamed Chat Completions, the interface that every server has.

openai takes 0.4 to 1 second to import, so it is imported when first needed, or by `warm_up`.
"""

import json
import time
from codecs import getincrementaldecoder
from collections.abc import Generator, Sequence
from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from bot.answering.events import ModelRequestStarted, Text, TokensCounted, Trouble, Waiting
from bot.answering.model.background import (
    Connected,
    ModelStream,
    http_client,
    in_background,
    tell_socket,
)
from bot.answering.model.calls import NO_TOOLS, CallPieces, Calls, Offer
from bot.answering.model.prompt import ChatMessage
from bot.answering.model.settings import ModelSettings

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

_TIMEOUT = 20.0
"""Seconds between two bytes of an answer, at the most."""
_CONNECT_TIMEOUT = 5.0
_PICTURE_BYTES = 4_000
"""The text that costs about as much as a picture."""
_UTF_16 = "utf-16-le"
_REFUSALS = (400, 404, 422, 500, 501)
"""How servers refuse what they do not know; other failures may name tools by chance."""
_TOO_LONG = "\n\n_The answer ends here because the model reached its limit._"


class ModelFailedError(Exception):
    """No whole answer came. `again_after` is the seconds to wait before another try, if any.

    The message is for logs: it names kinds and codes and repeats nothing of what was asked.
    """

    def __init__(self, message: str, again_after: float | None = 0.0) -> None:
        super().__init__(message)
        self.again_after = again_after


class Model:
    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self.prompt_tokens = settings.prompt_tokens
        self.takes_tools = True
        """Whether its server does, as far as it has said."""

    @property
    def name(self) -> str:
        return self._settings.model

    def warm_up(self) -> None:
        """Import openai and make the client; opens no connection."""
        _ = self._client.chat.completions

    def write(
        self, messages: Sequence[ChatMessage], asker: str, deadline: float, offer: Offer = NO_TOOLS
    ) -> Generator[Text | Calls | ModelRequestStarted | Waiting | TokensCounted | Trouble]:
        """Send one request; yields the text in pieces, and at the end the calls of tools, if any.

        Raises ModelFailedError, also after some text.
        """
        offer = offer if self.takes_tools else NO_TOOLS
        tokens, finish, wrote = TokensCounted(0, 0), "", False
        started, pieces = False, CallPieces()
        # Some servers cut an emoji in half, between two pieces: its halves cannot be sent on.
        signs = getincrementaldecoder(_UTF_16)("replace")
        try:
            with closing(self._chunks(messages, asker, deadline, offer)) as chunks:
                for chunk in chunks:
                    if not started:  # it was not refused at once, which would have cost nothing
                        started = True
                        yield ModelRequestStarted(prompt_bytes(messages, offer))
                    if chunk is None:
                        yield Waiting()
                        continue
                    if chunk.usage:
                        tokens = _token_counts(chunk.usage)
                    for choice in chunk.choices[:1]:
                        finish = choice.finish_reason or finish
                        pieces.add(choice.delta)
                        content = choice.delta.content or ""
                        if text := signs.decode(content.encode(_UTF_16, "surrogatepass")):
                            wrote = wrote or bool(text.strip())
                            yield Text(text)
        except Exception as error:  # servers and libraries fail in more ways than anyone can list
            if not started and offer.schemas and _refuses_tools(error, messages):
                self.takes_tools = False
                yield Trouble("tools_refused", type(error).__name__)
                yield from self.write(messages, asker, deadline)
                return
            raise _failure(error) from error
        calls = pieces.calls(before=sum(message["role"] == "tool" for message in messages))
        if finish == "content_filter":
            raise ModelFailedError("content filter", again_after=None)
        if not (wrote or calls) or not finish:
            raise ModelFailedError("broken off" if wrote or calls else "empty answer")
        if calls:
            yield calls
        elif finish == "length":
            yield Text(_TOO_LONG)
        yield tokens

    @cached_property
    def _client(self) -> "OpenAI":
        from openai import OpenAI

        settings = self._settings
        if settings.provider == "bedrock":
            from openai.providers.bedrock import bedrock

            provider = bedrock(region=settings.region, endpoint="runtime")
            return OpenAI(provider=provider, max_retries=0, http_client=http_client())
        return OpenAI(
            api_key=settings.api_key or "none",
            base_url=settings.base_url or "https://api.openai.com/v1",
            max_retries=0,
            http_client=http_client(),
        )

    def _chunks(
        self, messages: Sequence[ChatMessage], asker: str, deadline: float, offer: Offer
    ) -> "Generator[ChatCompletionChunk | None]":
        def open_stream(connected: Connected) -> "ModelStream[ChatCompletionChunk]":
            tell_socket(connected)
            return self._open(messages, asker, deadline, offer)

        return in_background(open_stream, deadline)

    def _open(
        self, messages: Sequence[ChatMessage], asker: str, deadline: float, offer: Offer
    ) -> "ModelStream[ChatCompletionChunk]":
        from httpx2 import Timeout

        seconds = max(0.1, min(_TIMEOUT, deadline - time.monotonic()))
        extra: dict[str, Any] = {"safety_identifier": asker} if asker and self._is_openai else {}
        stream: ModelStream[ChatCompletionChunk] = self._client.chat.completions.create(
            model=self._settings.model,
            messages=cast("list[ChatCompletionMessageParam]", messages),
            stream=True,
            stream_options={"include_usage": True},
            timeout=Timeout(seconds, connect=min(seconds, _CONNECT_TIMEOUT)),
            **extra,
            **offer.parameters(strict=self._is_openai),
        )
        return stream

    @property
    def _is_openai(self) -> bool:
        """Other servers may refuse parameters that only OpenAI has."""
        url = self._settings.base_url
        is_openai_server = not url or urlsplit(url).hostname == "api.openai.com"
        return self._settings.provider == "openai" and is_openai_server


def prompt_bytes(messages: Sequence[ChatMessage], offer: Offer) -> int:
    """The size of a request in bytes of text; a picture counts as text of about the same cost."""
    contents = [message["content"] or "" for message in messages]
    texts = [content for content in contents if isinstance(content, str)]
    parts = [part for content in contents if not isinstance(content, str) for part in content]
    called = [message["tool_calls"] for message in messages if "tool_calls" in message]
    tool_bytes = sum(len(json.dumps(item)) for item in [*offer.schemas, *called])
    return tool_bytes + sum(
        len(part["text"].encode()) if part["type"] == "text" else _PICTURE_BYTES
        for part in [*({"type": "text", "text": text} for text in texts), *parts]
    )


def _token_counts(usage: "CompletionUsage") -> TokensCounted:
    return TokensCounted(usage.prompt_tokens or 0, usage.completion_tokens or 0)


def _refuses_tools(error: Exception, messages: Sequence[ChatMessage]) -> bool:
    """Whether a server takes no tools at all: Ollama, vLLM and llama.cpp each say so differently.

    Not where results of tools were among the messages: then it has taken them before.
    """
    from openai import APIStatusError

    if not isinstance(error, APIStatusError) or error.status_code not in _REFUSALS:
        return False
    mentions_tools = "tool" in f"{error.message} {error.body}".lower()
    return mentions_tools and not any(message["role"] == "tool" for message in messages)


def _failure(error: Exception) -> ModelFailedError:
    from openai import APIStatusError

    name = type(error).__name__
    if not isinstance(error, APIStatusError):
        return ModelFailedError(name)
    passing = error.status_code in (408, 409, 429) or error.status_code >= 500
    if not passing or error.code == "insufficient_quota":
        return ModelFailedError(f"{name} {error.status_code} {error.code or ''}".strip(), None)
    return ModelFailedError(f"{name} {error.status_code}", _wait(error.response.headers))


def _wait(headers: Any) -> float:
    """The seconds to wait by `Retry-After`; at most 2, since people are waiting."""
    try:
        return min(2.0, max(0.0, float(headers.get("retry-after", 0.2))))
    except ValueError:
        return 0.2
