"""A help desk that answers as ever and tells nobody: a version is tried before it is live.

It asks the documents and the model. It neither calls Slack nor writes to the table, so it stops
no stream and counts against no budget. Instead of the thread that Slack would show there is what
whoever rehearses tells of it.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from slack_sdk import WebClient

from bot.answering.events import Question, Quoted, Turn
from bot.answering.retrieval.permissions import Permissions
from bot.answering.retrieval.query import query_of
from bot.conversation.desk import HelpDesk
from bot.conversation.message import Message
from bot.conversation.transcript import Transcript
from bot.runtime.log import log
from bot.slack.ui import blocks
from bot.state.claims import Delivery

_FOUND = 20
"""How many of the passages that the search finds are told."""


@dataclass(frozen=True, slots=True)
class ThreadSoFar:
    """What is told of the thread before the question, of its channel, and of who asks."""

    turns: tuple[Turn, ...] = ()
    channel: str = ""
    groups: frozenset[str] = frozenset()

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Self:
        """From the `asked` of a dry run: `turns` are pairs of a role and a text."""
        turns = tuple(Turn(role, text) for role, text in asked.get("turns", ()))
        return cls(turns, asked.get("channel", ""), frozenset(asked.get("groups", ())))


@dataclass(frozen=True, slots=True)
class DryRun(HelpDesk):
    """`answers` are what it would have said."""

    told: ThreadSoFar = field(default_factory=ThreadSoFar)
    answers: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, slack: WebClient, message: Message, delivery: Delivery) -> None:  # noqa: ARG002
        started, minutes, without_model = time.monotonic(), Transcript(), ""
        asked = Question(
            blocks.as_written(message.text, self.bot_user_id),
            self.told.turns,
            message.asker,
            permissions=Permissions(self.told.channel or message.channel, self.told.groups),
        )
        for event in minutes.taken(self.answerer.answer(asked, started + self.times.model)):
            if isinstance(event, Quoted):
                without_model = event.detail
        seconds = round(time.monotonic() - started, 3)
        answer = {
            "answer": minutes.text,
            "sources": [str(source) for source in minutes.sources.sources],
            "cited": [asdict(source) for source in minutes.sources.sources],
            "abstained": minutes.abstained is not None,  # and then the sources only come nearest
            "contact": minutes.abstained.contact if minutes.abstained else "",
            "found": self._found(asked),
            "model": minutes.used.model,
            "without_model": without_model,  # why, where one was to answer
            "seconds": seconds,
        }
        self.answers.append(answer)
        log("rehearsed", seconds=seconds)

    def _found(self, asked: Question) -> list[dict[str, Any]]:
        """Where the first passages are from that the search finds for the question."""
        index = self.knowledge.last.index.visible_to(asked.permissions)
        return [asdict(hit.passage.source) for hit in index.search(query_of(asked), _FOUND)]
