"""Asks questions of the answering in this process: what comes back is what an evaluation judges."""

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
"""As long as a worker gives the model."""


class Stopped(Exception):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A source that an answer names, and the text that stands there.

    `held` is whether the documents have it, and the asker may see it.
    """

    source: Source
    text: str = ""
    held: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one question. `found` are the first passages that the search gave, best first.

    `text` is empty where no answer was asked for.
    """

    found: tuple[Passage, ...] = ()
    text: str = ""
    cited: tuple[Cited, ...] = ()
    abstained: bool = False
    model: str = ""
    seconds: float = 0.0


class Asker(Protocol):
    """`at_once` is how many questions are worth asking at a time."""

    at_once: int

    def ask(self, question: Question, answer: bool, stopped: Callable[[], bool]) -> Reply:
        """Search for a question and, with `answer`, have it answered.

        Raises `Problem` where that fails, and `Stopped` soon after `stopped` says so.
        """


class Offline:
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
        found = tuple(hit.passage for hit in hits)
        if not answer:
            return Reply(found)
        started, minutes = time.monotonic(), Transcript()
        answering = self._answerer.answer(question, started + _PATIENCE_SECONDS)
        for event in minutes.taken(answering):
            if isinstance(event, Quoted) and event.detail:
                raise Problem(f"the model failed: {event.detail}")
            if stopped():
                answering.close()
                raise Stopped
        return Reply(
            found,
            minutes.text,
            tuple(
                Cited(one.source, one.text, view.holds(one.source.file))
                for one in minutes.sources.cited
            ),
            minutes.abstained is not None,
            minutes.used.model,
            time.monotonic() - started,
        )
