"""The bot that an evaluation asks; the one here answers in this process, without Slack or AWS."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.answering.answerer import ModelSettings, create_answerer
from bot.answering.events import Question, Quoted, Source
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.query import query_of
from bot.answering.tools import allowed
from bot.conversation.transcript import Transcript
from infra.environments import LOCAL
from scripts.evaluate.figures.ranking import DEPTH
from scripts.local.models import Model
from scripts.terminal.problem import Problem

_PATIENCE_SECONDS = 105
"""As long as a worker waits for the model."""


class Stopped(Exception):
    """The evaluation has ended before the answer did."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A source that an answer names; it `exists` if it is a document that the reader may see."""

    source: Source
    exists: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """What a bot found and answered. `passages` are the search's first results, the best first.

    `text` is empty where no answer was asked for.
    """

    passages: tuple[Passage, ...] = ()
    text: str = ""
    citations: tuple[Citation, ...] = ()
    abstained: bool = False
    model: str = ""
    seconds: float = 0.0


class Bot(Protocol):
    """`at_once` is how many questions it answers in parallel."""

    at_once: int

    def ask(self, question: Question, answer: bool, stopped: Callable[[], bool]) -> Reply:
        """Search for a question and, with `answer`, have it answered.

        Raises `Problem` where that fails, and `Stopped` soon after `stopped` returns true.
        """


class LocalBot:
    """The answering in this process, over an index; with the model that the shell names."""

    def __init__(self, index: Index, model: Model) -> None:
        self._index = index
        settings = ModelSettings(
            model.provider, model.name, model.url, model.key, prompt_tokens=LOCAL.prompt_tokens
        )
        self._answerer = create_answerer(settings, index, tools=allowed(LOCAL.tools))
        self.at_once = 4 if settings.has_model else 1

    def ask(self, question: Question, answer: bool, stopped: Callable[[], bool]) -> Reply:
        view = self._index.visible_to(question.permissions)
        hits = view.search(query_of(question), DEPTH)
        passages = tuple(hit.passage for hit in hits)
        if not answer:
            return Reply(passages)
        started, transcript = time.monotonic(), Transcript()
        answering = self._answerer.answer(question, started + _PATIENCE_SECONDS)
        for event in transcript.follow(answering):
            if isinstance(event, Quoted) and event.detail:
                raise Problem(f"the model failed: {event.detail}")
            if stopped():
                answering.close()
                raise Stopped
        return Reply(
            passages,
            transcript.text,
            tuple(
                Citation(passage.source, view.holds(passage.source.file))
                for passage in transcript.sources.citations
            ),
            transcript.abstained is not None,
            transcript.used.model,
            time.monotonic() - started,
        )
