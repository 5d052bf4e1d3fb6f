"""Answers a question without posting the answer: so a version is tried before it is live.

It asks the documents and the model. It neither calls Slack nor writes to the table, so it stops
no stream and counts against no budget. The thread, which Slack would show, is part of the request.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from slack_sdk import WebClient

from bot.answering.events import Question, Quoted, Turn
from bot.answering.retrieval.permissions import Permissions
from bot.answering.retrieval.query import query_of
from bot.conversation.desk import Dependencies
from bot.conversation.message import Message
from bot.conversation.transcript import Transcript
from bot.runtime.log import log
from bot.slack.ui import blocks
from bot.state.claims import Delivery

_HITS = 20
"""How many of the passages that the search finds are reported."""


@dataclass(frozen=True, slots=True)
class ThreadSoFar:
    """The turns before the question, its channel, and the groups of the person who asks."""

    turns: tuple[Turn, ...] = ()
    channel: str = ""
    groups: frozenset[str] = frozenset()

    @classmethod
    def of(cls, thread: Mapping[str, Any]) -> Self:
        """Read the `asked` of a dry run's event, whose `turns` are pairs of a role and a text."""
        turns = tuple(Turn(role, text) for role, text in thread.get("turns", ()))
        return cls(turns, thread.get("channel", ""), frozenset(thread.get("groups", ())))


@dataclass(frozen=True, slots=True)
class DryRun:
    """Answers for a help desk. `answers` are what it would have said in Slack."""

    dependencies: Dependencies
    thread: ThreadSoFar = field(default_factory=ThreadSoFar)
    answers: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, slack: WebClient, message: Message, delivery: Delivery) -> None:  # noqa: ARG002
        started, transcript, without_model = time.monotonic(), Transcript(), ""
        dependencies = self.dependencies
        question = Question(
            blocks.as_written(message.text, dependencies.bot_user_id),
            self.thread.turns,
            message.asker,
            permissions=Permissions(self.thread.channel or message.channel, self.thread.groups),
        )
        events = dependencies.answerer.answer(question, started + dependencies.times.model)
        for event in transcript.follow(events):
            if isinstance(event, Quoted):
                without_model = event.detail
        seconds = round(time.monotonic() - started, 3)
        answer = {
            "answer": transcript.text,
            "sources": [str(source) for source in transcript.sources.sources],
            "cited": [asdict(source) for source in transcript.sources.sources],
            "abstained": transcript.abstained is not None,  # then the sources only come nearest
            "contact": transcript.abstained.contact if transcript.abstained else "",
            "found": self._hits(question),
            "model": transcript.used.model,
            "without_model": without_model,  # why, where one was to answer
            "seconds": seconds,
        }
        self.answers.append(answer)
        log("rehearsed", seconds=seconds)

    def _hits(self, question: Question) -> list[dict[str, Any]]:
        """Where the first passages are from that the search finds for the question."""
        index = self.dependencies.knowledge.last.index.visible_to(question.permissions)
        return [asdict(hit.passage.source) for hit in index.search(query_of(question), _HITS)]
