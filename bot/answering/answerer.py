"""Puts the answering together: find passages, ask the model, cite; quote where the model fails."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache

from bot.answering import prompt
from bot.answering.abstaining import NOT_FOUND, abstain, asks_back, nearest, unsourced
from bot.answering.attachments import remarks
from bot.answering.citations import CitedText
from bot.answering.events import (
    Answer,
    Answerer,
    AnswerEvent,
    Picture,
    Question,
    Rewrite,
    Text,
    TextFile,
    Used,
)
from bot.answering.extractive import ExtractiveAnswerer, answer_without_words
from bot.answering.material import Material
from bot.answering.model import Model, ModelFailedError
from bot.answering.model_settings import ModelSettings
from bot.answering.query import query_of
from bot.answering.retrieval import Hit, Index, sources_of

__all__ = ["ModelAnswerer", "ModelSettings", "create_answerer"]

MODEL_FAILED = "The model is not answering right now, so this comes straight from the documents."

_PASSAGES = 6
_TRIES = 2
_WORTH_A_TRY = 2.0
"""Seconds before the deadline under which another try makes no sense."""


def create_answerer(settings: ModelSettings, index: Index, ask_instead: str = "") -> Answerer:
    """The answerer that the settings ask for.

    `ask_instead` is whom or where to ask what the documents don't say, in Slack's own words.
    """
    if not settings.has_model:
        return ExtractiveAnswerer(index, ask_instead=ask_instead)
    return ModelAnswerer(_model(settings), index, ask_instead)


@cache
def _model(settings: ModelSettings) -> Model:
    """One model for all indexes: its client takes a while to make."""
    return Model(settings)


class ModelAnswerer:
    """Failures before the first text are tried once more; then the documents are quoted.

    After some text the same, with a Rewrite first: a second run says something else.
    """

    def __init__(self, model: Model, index: Index, ask_instead: str) -> None:
        self._model, self._index, self._ask_instead = model, index, ask_instead
        self._instructions = prompt.instructions()

    def warm_up(self) -> None:
        self._model.warm_up()

    def answer(self, question: Question, deadline: float) -> Answer:
        if question.without_model:
            yield from self._quoting(question.without_model, "allowance").answer(question, deadline)
            return
        if not _has_files(question) and (reply := answer_without_words(question)):
            yield Text(reply)
            yield from remarks(question.files, sees=True)
            yield Used("")
            return
        visible = self._index.visible_to(question.clearance)
        hits = visible.search(query_of(question), _PASSAGES)
        for tries_left in reversed(range(_TRIES)):
            wrote = False
            try:
                for event in self._try(question, hits, deadline):
                    wrote = wrote or isinstance(event, Text)
                    yield event
                return
            except ModelFailedError as error:
                failure = error
            if wrote:
                yield Rewrite(str(failure))
            if not tries_left or not _worth_another(failure, deadline):
                break
            time.sleep(failure.again_after or 0.0)
        yield from self._quoting(MODEL_FAILED, str(failure)).answer(question, deadline)

    def _quoting(self, because: str, detail: str) -> ExtractiveAnswerer:
        return ExtractiveAnswerer(self._index, because, detail, self._ask_instead)

    def _try(
        self, question: Question, hits: Sequence[Hit], deadline: float
    ) -> Iterator[AnswerEvent]:
        messages = prompt.messages(self._instructions, question, hits)
        material = Material(question.text)
        material.add([*hits, *prompt.as_hits(question.files)])
        material.know(file.text for file in question.files if isinstance(file, TextFile))
        cited = CitedText(material)
        said, used = "", Used("")
        with closing(self._model.write(messages, question.asker, deadline)) as written:
            for event in written:
                match event:
                    case Text(text):
                        if clean := cited.feed(text):
                            said += clean
                            yield Text(clean)
                    case Used():
                        used = event
                    case _:
                        yield event
        if rest := cited.finish():
            said += rest
            yield Text(rest)
        yield from self._after(question, [material.hits[n] for n in cited.numbers], said, cited)
        yield from remarks(question.files, sees=True)
        yield used

    def _after(
        self, question: Question, hits: Sequence[Hit], said: str, cited: CitedText
    ) -> Iterator[AnswerEvent]:
        visible = self._index.visible_to(question.clearance)
        if cited.abstained and not asks_back(said):
            if not said.strip():
                yield Text(NOT_FOUND)
            yield from abstain(hits, nearest(visible, query_of(question)), self._ask_instead)
        elif hits:
            yield sources_of(hits)
        else:
            yield from unsourced(visible, question, said)


def _has_files(question: Question) -> bool:
    return any(isinstance(file, TextFile | Picture) for file in question.files)


def _worth_another(failure: ModelFailedError, deadline: float) -> bool:
    if failure.again_after is None:
        return False
    return time.monotonic() + failure.again_after + _WORTH_A_TRY < deadline
