"""A help desk that answers as ever and tells nobody: a version is tried before it is live.

It asks the documents and the model. It neither calls Slack nor writes to the table, so it stops
no stream, counts against no budget, and is asked nothing but the text of one message.
"""

import time
from dataclasses import dataclass, field
from typing import Any

from slack_sdk import WebClient

from bot import blocks
from bot.answering.clearance import Clearance
from bot.answering.events import Question, Quoted
from bot.desk import HelpDesk
from bot.log import log
from bot.message import Message
from bot.minutes import Minutes
from bot.state.claims import Delivery


@dataclass(frozen=True, slots=True)
class Rehearsal(HelpDesk):
    """`answers` are what it would have said."""

    answers: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, slack: WebClient, message: Message, delivery: Delivery) -> None:  # noqa: ARG002
        started, minutes, without_model = time.monotonic(), Minutes(), ""
        asked = Question(
            blocks.as_written(message.text, self.bot_user_id),
            asker=message.asker,
            clearance=Clearance(message.channel),
        )
        for event in minutes.taken(self.answerer.answer(asked, started + self.times.model)):
            if isinstance(event, Quoted):
                without_model = event.detail
        answer = {
            "answer": minutes.text,
            "sources": [str(source) for source in minutes.sources.sources],
            "abstained": minutes.abstained is not None,  # and then the sources only come nearest
            "contact": minutes.abstained.contact if minutes.abstained else "",
            "model": minutes.used.model,
            "without_model": without_model,  # why, where one was to answer
        }
        self.answers.append(answer)
        log("rehearsed", seconds=round(time.monotonic() - started, 3))
