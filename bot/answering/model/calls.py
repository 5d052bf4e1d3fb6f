"""Tools in Chat Completions: how they are offered, and how a model calls them.

The calls are streamed in pieces, and every server cuts them in its own way. OpenAI numbers the
calls and names each once. Gemini and older Ollamas send no `index`; newer Ollamas send 0 for every
call, and each call whole. vLLM may never send an id, LiteLLM sends it with every piece or one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.answering.model.prompt import ChatMessage

if TYPE_CHECKING:
    from openai.types.chat.chat_completion_chunk import ChoiceDelta, ChoiceDeltaToolCall


@dataclass(frozen=True, slots=True)
class Offer:
    """The tools that are sent with a request, and whether the model may call them.

    Tools that may not be called are sent as well, so that the prompt stays the same and cached.
    """

    schemas: Sequence[dict[str, Any]] = ()
    may_call: bool = True

    def parameters(self, *, strict: bool) -> dict[str, Any]:
        """The request's parameters; `strict` is for OpenAI, since other servers may refuse it."""
        if not self.schemas:
            return {}
        more = {"strict": True} if strict else {}
        tools = [{**tool, "function": {**tool["function"], **more}} for tool in self.schemas]
        return {"tools": tools, **({} if self.may_call else {"tool_choice": "none"})}


NO_TOOLS = Offer()


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that the model wants called; `arguments` are as it wrote them, meant to be JSON.

    `extra` is what else the server sent with it and wants to see again, such as a signature.
    """

    id: str
    name: str
    arguments: str
    extra: dict[str, Any] = field(default_factory=dict)

    def as_message(self) -> dict[str, Any]:
        """The call as the next request repeats it. Some servers parse it, and fail on bad JSON."""
        arguments = self.arguments if is_whole(self.arguments) else "{}"
        function = {"name": self.name, "arguments": arguments}
        return {**self.extra, "id": self.id, "type": "function", "function": function}


@dataclass(frozen=True, slots=True)
class Calls:
    """What the model wants called before it answers, all at once.

    `reasoning` is the thought before them, which some servers want to see again.
    """

    calls: tuple[Call, ...]
    reasoning: str = ""

    def as_message(self, text: str) -> ChatMessage:
        """The model's turn as the next request repeats it, with what it said before."""
        message: ChatMessage = {
            "role": "assistant",
            "content": text or None,
            "tool_calls": [call.as_message() for call in self.calls],
        }
        if self.reasoning:
            message["reasoning_content"] = self.reasoning
        return message


class CallPieces:
    """The calls of one request. `add` each delta; `calls` are then whole."""

    def __init__(self) -> None:
        self._partial_calls: list[_PartialCall] = []
        self._reasoning = ""

    def add(self, delta: "ChoiceDelta") -> None:
        self._reasoning += getattr(delta, "reasoning_content", None) or ""
        for piece in delta.tool_calls or ():
            self._belonging_to(piece).add(piece)

    def calls(self, before: int) -> Calls | None:
        """The calls, None without any. `before` is the number of earlier calls of the answer."""
        calls = tuple(
            # Mistral takes ids of 9 letters and digits only.
            Call(partial.id or f"call{number:05d}", partial.name, partial.arguments, partial.extra)
            for number, partial in enumerate(self._partial_calls, before)
        )
        return Calls(calls, self._reasoning) if calls else None

    def _belonging_to(self, piece: "ChoiceDeltaToolCall") -> "_PartialCall":
        for partial in reversed(self._partial_calls):
            if partial.goes_on_with(piece):
                return partial
        self._partial_calls.append(_PartialCall(piece.index))
        return self._partial_calls[-1]


@dataclass(slots=True)
class _PartialCall:
    index: int | None
    id: str = ""
    name: str = ""
    arguments: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def goes_on_with(self, piece: "ChoiceDeltaToolCall") -> bool:
        if piece.id and self.id:
            return piece.id == self.id
        if piece.index != self.index:
            return False
        starts_call = bool(piece.function and piece.function.name)
        return not (starts_call and self.name and is_whole(self.arguments))

    def add(self, piece: "ChoiceDeltaToolCall") -> None:
        self.id = self.id or piece.id or ""
        self.extra |= piece.model_extra or {}
        if piece.function:
            self.name = self.name or piece.function.name or ""
            arguments: Any = piece.function.arguments or ""
            self.arguments += arguments if isinstance(arguments, str) else json.dumps(arguments)


def is_whole(arguments: str) -> bool:
    """Whether the text is a complete JSON object."""
    try:
        return isinstance(json.loads(arguments), dict)
    except (ValueError, RecursionError):
        return False
