"""Answers a question: searches passages, asks the model, checks what it cites.

Without a model, and where it fails, the answer is quoted from the documents.
"""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache

from bot.answering.attachments import remarks
from bot.answering.events import (
    Answer,
    Answerer,
    AnswerEvent,
    Picture,
    Question,
    Rewrite,
    Text,
    TextFile,
    TokensCounted,
    Used,
)
from bot.answering.grounding import addresses
from bot.answering.grounding.citations import CitedText
from bot.answering.grounding.context import AnswerContext
from bot.answering.hygiene import for_model
from bot.answering.model import context_window, prompt
from bot.answering.model.calls import Calls, Offer
from bot.answering.model.chat_completions import Model, ModelFailedError, prompt_bytes
from bot.answering.model.prompt import ChatMessage
from bot.answering.model.settings import ModelSettings
from bot.answering.quoting.extractive import ExtractiveAnswerer, answer_without_words
from bot.answering.quoting.no_answer import NOT_FOUND, abstain, asks_back, nearest, unsourced
from bot.answering.retrieval.index import Hit, Index, sources_of
from bot.answering.retrieval.query import query_of
from bot.answering.tools.tool import Context, Tool
from bot.answering.tools.toolbox import Toolbox, instructions

__all__ = ["ModelAnswerer", "ModelSettings", "create_answerer"]

MODEL_FAILED = "The model is not answering right now, so this comes straight from the documents."

_NOTHING = re.compile(r"(?:\[\d+\]|[\s.,:;*-])*")
"""An answer of which only citations are left: "[1].", "- [2]"."""
_PASSAGES = 6
"""How many passages the model reads, before it searches itself."""
_TRIES = 2
_WORTH_A_TRY = 2.0
"""Seconds before the deadline under which another try makes no sense."""


def create_answerer(
    settings: ModelSettings, index: Index, ask_instead: str = "", tools: Sequence[Tool] = ()
) -> Answerer:
    """Create the answerer that the settings ask for.

    `ask_instead` is whom or where to ask what the documents don't say, in Slack's own words.
    `tools` are those that the model may call.
    """
    if not settings.has_model:
        return ExtractiveAnswerer(index, ask_instead=ask_instead)
    return ModelAnswerer(_model(settings), index, ask_instead, tools)


@cache
def _model(settings: ModelSettings) -> Model:
    """Create the model once for all indexes, since its client takes a while to make."""
    return Model(settings)


class ModelAnswerer:
    """Answers by a model. A failed attempt is repeated once; then the documents are quoted.

    Where people have seen text of the failed attempt, a `Rewrite` comes before the next one, which
    will say something else.
    """

    def __init__(self, model: Model, index: Index, ask_instead: str, tools: Sequence[Tool]) -> None:
        self._model, self._index = model, index
        self._ask_instead, self._tools = ask_instead, tools
        self._instructions = prompt.instructions()
        self._about_tools = instructions()
        about = self._about_tools if tools else ""
        standing: ChatMessage = {"role": "system", "content": self._instructions + about}
        offer = Offer([tool.schema for tool in tools])
        self._room = model.prompt_tokens - prompt_bytes([standing], offer) // context_window.BYTES

    def warm_up(self) -> None:
        self._model.warm_up()
        addresses.warm_up()

    def answer(self, question: Question, deadline: float) -> Answer:
        if question.without_model:
            yield from self._quoting(question.without_model, "allowance").answer(question, deadline)
            return
        if not _has_files(question) and (reply := answer_without_words(question)):
            yield Text(reply)
            yield from remarks(question.files, sees=True)
            yield Used("")
            return
        visible = self._index.visible_to(question.readable)
        hits = visible.search(query_of(question), _PASSAGES)
        fitted, hits = context_window.fitted(question, hits, self._room)
        tools = self._tools if self._model.takes_tools else ()
        tools = [tool for tool in tools if tool.for_outsiders or not question.outside]
        for tries_left in reversed(range(_TRIES)):
            context = Context(fitted, visible, deadline)
            attempt = _Attempt(self._model, context, tools, self._ask_instead)
            system = self._instructions + (self._about_tools if tools else "")
            try:
                yield from attempt.answer(system, hits)
                return
            except ModelFailedError as error:
                failure = error
            if attempt.is_visible:
                yield Rewrite(str(failure))
            if attempt.called and failure.again_after is None:
                # Some servers take tools, but not their results.
                tools, failure = [], ModelFailedError(str(failure))
            if not tries_left or not _worth_another(failure, deadline):
                break
            time.sleep(failure.again_after or 0.0)
        yield from self._quoting(MODEL_FAILED, str(failure)).answer(question, deadline)

    def _quoting(self, because: str, detail: str) -> ExtractiveAnswerer:
        return ExtractiveAnswerer(self._index, because, detail, self._ask_instead)


class _Attempt:
    """One attempt of the model at an answer, with the tools that it may call."""

    def __init__(
        self, model: Model, context: Context, tools: Sequence[Tool], ask_instead: str
    ) -> None:
        self._model, self._context, self._ask_instead = model, context, ask_instead
        self._material = AnswerContext(context.question.text)
        self._toolbox = Toolbox(tools, context, self._material)
        self._citations = CitedText(self._material)
        self._raw_text = self._clean = ""
        self._calls: Calls | None = None
        self._read = self._wrote = 0
        self.is_visible = False
        """Whether people have seen anything of it."""

    @property
    def called(self) -> bool:
        return self._toolbox.ran

    def answer(self, system: str, hits: Sequence[Hit]) -> Iterator[AnswerEvent]:
        """Yield the events of the answer. Raises ModelFailedError, also after some text."""
        question = self._context.question
        messages = prompt.messages(system, question, hits)
        self._material.add([*hits, *prompt.as_hits(question.files)])
        self._material.know(file.text for file in question.files if isinstance(file, TextFile))
        self._material.know(turn.text for turn in question.history)
        self._material.know(post.text for post in question.posts)
        yield from self._material.limits()
        for offer in self._toolbox.offers():
            yield from self._ask(messages, offer)
            if not self._calls or (self._raw_text.strip() and not offer.may_call):
                break
            if offer.may_call:
                room = (
                    self._model.prompt_tokens
                    - prompt_bytes(messages, offer) // context_window.BYTES
                )
                yield from self._call_tools(messages, self._calls, room)
        else:
            raise ModelFailedError("calls instead of an answer")
        yield from self._finish()

    def _ask(self, messages: Sequence[ChatMessage], offer: Offer) -> Iterator[AnswerEvent]:
        context, self._calls = self._context, None
        self._raw_text = self._clean = ""
        with closing(
            self._model.write(messages, context.question.asker, context.deadline, offer)
        ) as events:
            for event in events:
                match event:
                    case Text(text):
                        self._raw_text += text
                        yield from self._show_text(self._citations.feed(text))
                    case Calls():
                        self._calls = event
                    case TokensCounted(read, wrote):
                        self._read, self._wrote = self._read + read, self._wrote + wrote
                        yield event
                    case _:
                        yield event

    def _call_tools(
        self, messages: list[ChatMessage], calls: Calls, room: int
    ) -> Iterator[AnswerEvent]:
        if self._raw_text.strip():
            yield from self._show_text(self._citations.feed("\n\n"))
        self._citations.begin_again()
        self.is_visible = True  # as a task
        results = yield from self._toolbox.run(calls, room)
        messages += [calls.as_message(for_model(self._raw_text)), *results]
        yield from self._material.limits()

    def _show_text(self, clean: str) -> Iterator[AnswerEvent]:
        if clean:
            self.is_visible = True
            self._clean += clean
            yield Text(clean)

    def _finish(self) -> Iterator[AnswerEvent]:
        yield from self._show_text(self._citations.finish())
        if _NOTHING.fullmatch(self._clean) and not self._citations.abstained:
            raise ModelFailedError("nothing but what it made up")
        yield from self._sources([self._material.hits[n] for n in self._citations.numbers])
        yield from remarks(self._context.question.files, sees=True)
        yield Used(self._model.name, self._read, self._wrote)

    def _sources(self, hits: Sequence[Hit]) -> Iterator[AnswerEvent]:
        question, visible = self._context.question, self._context.index
        if self._citations.abstained and not asks_back(self._clean):
            if not self._clean.strip():
                yield Text(NOT_FOUND)
            yield from abstain(hits, nearest(visible, query_of(question)), self._ask_instead)
        elif hits:
            yield sources_of(hits)
        elif not self._toolbox.has_uncitable_results:
            yield from unsourced(visible, question, self._clean)


def _has_files(question: Question) -> bool:
    return any(isinstance(file, TextFile | Picture) for file in question.files)


def _worth_another(failure: ModelFailedError, deadline: float) -> bool:
    if failure.again_after is None:
        return False
    return time.monotonic() + failure.again_after + _WORTH_A_TRY < deadline
