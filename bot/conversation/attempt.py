"""One attempt at one answer: thread, quota, files, the answerer's events, the reply."""

import time
from contextlib import AbstractContextManager, closing
from dataclasses import replace

from slack_sdk import WebClient

from bot.answering.events import Answer, Attachment, Question, Rewrite
from bot.answering.retrieval.permissions import NO_PERMISSIONS
from bot.conversation.access.policy import ANSWERED_DIRECTLY
from bot.conversation.access.quota import CostMeter
from bot.conversation.apology import apologise, best_effort
from bot.conversation.desk import Dependencies
from bot.conversation.direct_message import (
    Unreachable,
    delete_elsewhere,
    enqueue_direct_question,
    post_directly,
)
from bot.conversation.message import Message
from bot.conversation.question_context import QuestionContext
from bot.conversation.transcript import Transcript, log_event
from bot.conversation.unposted_question import own_words
from bot.slack.status import at_work
from bot.slack.stream import Destination
from bot.slack.ui import blocks
from bot.slack.writer import Reply
from bot.state.changes import Stopped, Watch, Withdrawn
from bot.state.claims import Claim, Ending
from bot.state.forgetting import delete_record, forgotten_at
from bot.state.records import keep

_FILES_SECONDS = 20
"""How long people wait for their files at most, before the model is asked."""


class _ForAskerOnly(Exception):
    """The question was edited, and not all who read along may read what answers it now."""


class Attempt:
    """One attempt at one answer, which ends at `deadline` on the monotonic clock."""

    def __init__(
        self,
        dependencies: Dependencies,
        slack: WebClient,
        message: Message,
        claim: Claim,
        deadline: float,
    ) -> None:
        self._dependencies, self._slack, self._message = dependencies, slack, message
        self._claim, self._deadline = claim, deadline
        self._started_at = time.time()
        self._destination = Destination(
            message.team, message.channel, message.thread, message.user, dependencies.bot_user_id
        )
        self._reply = Reply(slack, self._destination, claim, self._may_stream)
        self._watch = Watch(
            dependencies.table,
            f"{message.team}:{message.channel}",
            message.thread,
            f"{message.team}:{message.asked_at}",
            message.again or message.ts,
            message.text,
            claim.posted,
        )
        self._context = QuestionContext(
            slack, message, claim, dependencies.bot_user_id, dependencies.readers
        )
        self._permissions = NO_PERMISSIONS
        self._files: tuple[Attachment, ...] = ()
        self._cost_meter = CostMeter(dependencies.quota.budget)
        self._without_model = ""
        self._question_text, self._has_history = "", False
        self._transcript = Transcript()
        self._is_direct = False
        """Whether the answer goes to direct messages, as that of another question."""

    def working_status(self) -> AbstractContextManager[None]:
        """Show in Slack, for as long as this lasts, that the bot is at work on the question."""
        title = blocks.title(blocks.as_written(self._message.text, self._dependencies.bot_user_id))
        return at_work(self._slack, self._destination, title)

    def end(self, *, last: bool) -> Ending:
        """Answer or refuse; the `last` delivery apologises. People's wishes come before both.

        Any other error leaves the question to the next delivery.
        """
        try:
            if last and not self._claim.direct:
                return self._apologise()
            return self._answer()
        except Stopped:
            self._reply.mark_stopped()
            return "stopped"
        except Withdrawn:
            self._reply.withdraw()
            delete_elsewhere(self._slack, self._dependencies.table, self._message, self._claim)
            return "withdrawn"

    def save_record(self, ending: Ending) -> None:
        """Save the question and its answer, for feedback and for "Show sources"."""
        if self._is_direct:
            return
        message, cost = self._message, self._cost_meter.micro_dollars / 1_000_000
        person = f"{message.team}:{message.user}"
        question = own_words(self._question_text)
        earlier = self._has_history or question != self._question_text
        record = self._transcript.record(
            message.question, person, question, cost, ending, has_earlier=earlier
        )
        keep(self._dependencies.table, record, self._dependencies.retention_days)
        if forgotten_at(self._dependencies.table, person) >= self._started_at:
            delete_record(self._dependencies.table, message.question)

    def _answer(self) -> Ending:
        self._read_thread()
        text = self._watch.newest()
        if refusal := self._refusal():
            self._reply.write_instead(refusal)
            return "refused"
        if self._has_to_be_direct(text):
            return self._answer_directly(text)
        person_and_question = self._message.team, self._message.user, self._message.question
        self._without_model = self._dependencies.quota.without_model(*person_and_question)
        try:
            seconds = min(_FILES_SECONDS, self._dependencies.times.model / 3)
            self._files = self._context.files(self._dependencies.model_sees, seconds)
            with closing(self._events()) as events:
                self._reply.write(self._transcript.follow(events))
        except _ForAskerOnly:
            return self._answer_directly(self._watch.newest())
        finally:
            if not self._without_model:
                self._dependencies.quota.settle(self._cost_meter, *person_and_question)
        return "done"

    def _read_thread(self) -> None:
        """Read the thread, and take over what a killed attempt has posted there."""
        self._context.read()
        if self._claim.attempt > 1:
            self._reply.adopt(self._context.orphans(self._dependencies.table))

    def _refusal(self) -> str | None:
        """Why the person may not ask, if so."""
        message = self._message
        return self._dependencies.access_policy.refusal(self._slack, message.channel, message.user)

    def _has_to_be_direct(self, text: str) -> bool:
        """Whether only the asker may read the answer; if not, settle what the readers may see."""
        message, readers = self._message, self._dependencies.readers
        if self._claim.direct:
            return True
        if message.is_private:
            permissions = readers.alone(self._slack, message.user, message.channel)
            if message.origin:  # whoever asked there may read what is limited to that channel
                permissions = replace(permissions, channel=message.origin.channel)
            self._permissions = permissions
            return False
        self._permissions = readers.in_channel(self._slack, message, self._question(text))
        question = self._question(text)
        if self._context.is_from_outside or not readers.need_more(
            self._slack, message, question, question.readable
        ):
            return False
        try:
            post_directly(self._slack, message, text, self._claim, self._dependencies.bot_user_id)
        except Unreachable:
            return False
        return True

    def _answer_directly(self, text: str) -> Ending:
        """Say in the thread that the answer comes in direct messages, and have it come."""
        self._is_direct = True
        self._reply.write_instead(ANSWERED_DIRECTLY)
        enqueue_direct_question(self._dependencies.queue, self._message, text, self._claim)
        return "done"

    def _apologise(self) -> Ending:
        """Apologise in the place of all that was posted.

        Where Slack does not let the bot read the thread, it apologises without.
        """
        best_effort(self._read_thread)
        self._watch.newest()
        apologise(self._reply, self._dependencies.name, self._message.question)
        return "apologised"

    def _events(self) -> Answer:
        """The answer's events, from the start again when the question is edited.

        Closing it stops the model. Raises `Stopped` or `Withdrawn`.
        """
        watch, edited, first = self._watch, True, self._watch.text
        while edited:
            text = watch.newest()
            if edited and text != first and self._has_to_be_direct(text):
                raise _ForAskerOnly
            first, edited = text, False
            with closing(
                self._dependencies.answerer.answer(self._question(text), self._deadline)
            ) as events:
                for event in events:
                    self._cost_meter.note(event)
                    if watch.newest() != text:
                        edited = True
                        yield Rewrite("edited")
                        break
                    log_event(event, self._message.question)
                    yield event

    def _question(self, text: str) -> Question:
        question = self._context.question(
            text,
            self._permissions,
            lambda: self._dependencies.access_policy.now(self._slack, self._message.user),
            self._files,
            self._without_model,
        )
        self._question_text = question.text
        self._has_history = bool(question.history or question.posts)
        return question

    def _may_stream(self) -> bool:
        return self._dependencies.quota.may_stream(self._message.team)
