"""One try at one answer: thread, allowance, files, the answerer's events, the reply."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import asdict, dataclass, replace

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.answering.events import (
    Answer,
    Answerer,
    AnswerEvent,
    Attachment,
    Question,
    Quoted,
    Rewrite,
    Trouble,
    Used,
)
from bot.answering.retrieval.permissions import NO_PERMISSIONS
from bot.conversation.access.groups import Groups
from bot.conversation.access.policy import AccessPolicy
from bot.conversation.access.quota import CostMeter, Quota
from bot.conversation.access.readers import Readers
from bot.conversation.direct_message import (
    LINE,
    Unreachable,
    ask_directly,
    have_answered,
    take_back,
)
from bot.conversation.message import Message
from bot.conversation.question_context import Conversation
from bot.conversation.transcript import Transcript
from bot.conversation.unposted_question import own_words
from bot.runtime.cells import Times
from bot.runtime.log import log
from bot.runtime.queue import Queue
from bot.slack.client import is_revoked
from bot.slack.status import at_work
from bot.slack.stream import Destination
from bot.slack.ui import blocks
from bot.slack.writer import Reply
from bot.state.changes import Stopped, Watch, Withdrawn
from bot.state.claims import Claim, Ending, posted_for
from bot.state.forgetting import delete_record, forgotten_at
from bot.state.records import keep
from bot.state.table import Table

_APOLOGY_PAUSES = (0.5, 1, 2)
"""Seconds between tries at the one apology, which no queue will try again."""

_FILES_SECONDS = 20
"""How long people wait for their files at most, before the model is even asked."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What it takes to answer, whatever the question is."""

    name: str
    bot_user_id: str
    table: Table
    answerer: Answerer
    times: Times
    model_sees: bool
    access_policy: AccessPolicy
    groups: Groups
    readers: Readers
    queue: Queue
    quota: Quota
    retention_days: int


class _OnlyDirectly(Exception):
    """The question was edited, and what answers it now is not for all who read along."""


class Attempt:
    """One try at one answer, which ends at `deadline` on the monotonic clock."""

    def __init__(
        self,
        dependencies: Dependencies,
        slack: WebClient,
        message: Message,
        held: Claim,
        deadline: float,
    ) -> None:
        self._dependencies, self._slack, self._message = dependencies, slack, message
        self._held, self._deadline = held, deadline
        self._began = time.time()
        self._place = Destination(
            message.team, message.channel, message.thread, message.user, dependencies.bot_user_id
        )
        self._reply = Reply(slack, self._place, held, self._may_stream)
        self._watch = Watch(
            dependencies.table,
            f"{message.team}:{message.channel}",
            message.thread,
            f"{message.team}:{message.asked_at}",
            message.again or message.ts,
            message.text,
            held.posted,
        )
        self._conversation = Conversation(
            slack, message, held, dependencies.bot_user_id, dependencies.readers
        )
        self._permissions = NO_PERMISSIONS
        self._files: tuple[Attachment, ...] = ()
        self._cost_meter = CostMeter(dependencies.quota.budget)
        self._without_model = ""
        self._asked, self._has_history = "", False
        self._transcript = Transcript()
        self.is_elsewhere = False
        """Whether the answer comes in direct messages, as that of another question."""

    def shown_at_work(self) -> AbstractContextManager[None]:
        """The session's status for as long as this lasts."""
        return at_work(self._slack, self._place, self._title)

    @property
    def _title(self) -> str:
        """The question's first line."""
        return blocks.title(blocks.as_written(self._message.text, self._dependencies.bot_user_id))

    def end(self, *, last: bool) -> Ending:
        """Answer or refuse; the `last` delivery apologises. People's wishes come before both.

        Any other error leaves the question to the next delivery.
        """
        try:
            if last and not self._held.direct:
                return self._apologise()
            return self._answer()
        except Stopped:
            self._reply.mark_stopped()
            return "stopped"
        except Withdrawn:
            self._reply.withdraw()
            self._take_back()
            return "withdrawn"

    def _answer(self) -> Ending:
        self._look_at_thread()
        text = self._watch.newest()
        if refusal := self._refusal():
            self._reply.write_instead(refusal)
            return "refused"
        if self._has_to_be_direct(text):
            return self._answer_directly(text)
        who = self._message.team, self._message.user, self._message.question
        self._without_model = self._dependencies.quota.without_model(*who)
        try:
            seconds = min(_FILES_SECONDS, self._dependencies.times.model / 3)
            self._files = self._conversation.files(self._dependencies.model_sees, seconds)
            with closing(self._events()) as events:
                self._reply.write(self._transcript.taken(events))
        except _OnlyDirectly:
            return self._answer_directly(self._watch.newest())
        finally:
            if not self._without_model:
                self._dependencies.quota.settle(self._cost_meter, *who)
        return "done"

    def _has_to_be_direct(self, text: str) -> bool:
        """Whether the asker alone may read the answer; if not, settle what the readers may see."""
        message, readers = self._message, self._dependencies.readers
        if self._held.direct:
            return True
        if message.is_private:
            permissions = readers.alone(self._slack, message.user, message.channel)
            if message.origin:  # whoever asked there may read what is limited to that channel
                permissions = replace(permissions, channel=message.origin.channel)
            self._permissions = permissions
            return False
        self._permissions = readers.in_channel(self._slack, message, self._question(text))
        question = self._question(text)
        if self._conversation.is_from_outside or not readers.need_more(
            self._slack, message, question, question.readable
        ):
            return False
        try:
            ask_directly(self._slack, message, text, self._held, self._dependencies.bot_user_id)
        except Unreachable:
            return False
        return True

    def _answer_directly(self, text: str) -> Ending:
        """Say in the thread that the answer comes in direct messages, and have it come."""
        self.is_elsewhere = True
        self._reply.write_instead(LINE)
        have_answered(self._dependencies.queue, self._message, text, self._held)
        return "done"

    def _take_back(self) -> None:
        """The question is gone: so goes what was posted for it elsewhere."""
        message = self._message
        if self._held.direct:
            take_back(self._slack, *self._held.direct.split(":"))
        if message.origin:
            take_back(self._slack, message.channel, message.ts)
            lines = posted_for(self._dependencies.table, [f"{message.team}:{message.asked_at}"])
            take_back(self._slack, message.origin.channel, *lines)

    def keep(self, ending: Ending) -> None:
        """Keep what was asked and what was said, for feedback and for a look at the sources."""
        if self.is_elsewhere:
            return
        message, cost = self._message, self._cost_meter.micro_dollars / 1_000_000
        person = f"{message.team}:{message.user}"
        question = own_words(self._asked)
        earlier = self._has_history or question != self._asked
        record = self._transcript.record(
            message.question, person, question, cost, ending, has_earlier=earlier
        )
        keep(self._dependencies.table, record, self._dependencies.retention_days)
        if forgotten_at(self._dependencies.table, person) >= self._began:
            delete_record(self._dependencies.table, message.question)

    def _refusal(self) -> str | None:
        """Why the person may not ask, if so."""
        message = self._message
        return self._dependencies.access_policy.refusal(self._slack, message.channel, message.user)

    def _apologise(self) -> Ending:
        """Put the apology in the place of all that was posted, whatever Slack makes of it.

        Where the thread stays closed to the bot, it is said without a look.
        """
        self._in_spite_of_slack(self._look_at_thread, needed=False)
        self._watch.newest()
        question = self._message.question
        text, button = blocks.apology(self._dependencies.name, question), blocks.try_again()
        self._in_spite_of_slack(lambda: self._reply.write_instead(text, [button]), needed=True)
        return "apologised"

    def _in_spite_of_slack(self, act: Callable[[], None], *, needed: bool) -> None:
        """Try a few times. Raises what Slack makes of the last one where it is `needed`."""
        for pause in (*_APOLOGY_PAUSES, None):
            try:
                return act()
            except (SlackApiError, OSError) as error:
                if is_revoked(error) or (needed and pause is None):
                    raise
                time.sleep(pause or 0)
        return None

    def _look_at_thread(self) -> None:
        """Read it where it can hold anything: earlier turns, or what a killed attempt has left."""
        self._conversation.read()
        if self._held.attempt > 1:
            self._reply.adopt(self._conversation.orphans(self._dependencies.table))

    def _events(self) -> Answer:
        """The answer's events, begun anew when the question is edited. Closing it stops the model.

        Raises `Stopped` or `Withdrawn`.
        """
        watch, edited, first = self._watch, True, self._watch.text
        while edited:
            text = watch.newest()
            if edited and text != first and self._has_to_be_direct(text):
                raise _OnlyDirectly
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
                    self._log(event)
                    yield event

    def _question(self, text: str) -> Question:
        question = self._conversation.question(
            text,
            self._permissions,
            lambda: self._dependencies.access_policy.now(self._slack, self._message.user),
            self._files,
            self._without_model,
        )
        self._asked, self._has_history = question.text, bool(question.history or question.posts)
        return question

    def _may_stream(self) -> bool:
        return self._dependencies.quota.may_stream(self._message.team)

    def _log(self, event: AnswerEvent) -> None:
        question = self._message.question
        if isinstance(event, Used | Rewrite):
            log(type(event).__name__.lower(), **asdict(event), question=question)
        if isinstance(event, Quoted):
            log("quoted", why=event.detail, question=question)
        if isinstance(event, Trouble):
            log(event.what, "WARNING", why=event.why, question=question)
