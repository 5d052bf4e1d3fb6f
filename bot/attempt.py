"""One try at one answer: thread, allowance, files, the answerer's events, the reply."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import asdict, dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import blocks
from bot.access import Doorkeeper
from bot.allowance import Allowance, Meter
from bot.answering.clearance import Clearance
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
from bot.files import earlier_files, read_files
from bot.groups import Groups
from bot.inquiries import own_words
from bot.log import log
from bot.message import Message
from bot.minutes import Minutes
from bot.replies import Reply
from bot.slack import is_revoked
from bot.state.changes import Stopped, Watch, Withdrawn
from bot.state.claims import Claim, Ending, posted_for
from bot.state.forgetting import delete_record, forgotten_at
from bot.state.records import keep
from bot.state.table import Table
from bot.status import at_work
from bot.streams import Place
from bot.threads import Thread
from bot.worker_settings import Times

_APOLOGY_PAUSES = (0.5, 1, 2)
"""Seconds between tries at the one apology, which no queue will try again."""

_FILES_SECONDS = 20
"""How long people wait for their files at most, before the model is even asked."""


@dataclass(frozen=True, slots=True)
class Means:
    """What it takes to answer, whatever the question is."""

    name: str
    bot_user_id: str
    table: Table
    answerer: Answerer
    times: Times
    model_sees: bool
    doorkeeper: Doorkeeper
    groups: Groups
    allowance: Allowance
    retention_days: int


class Attempt:
    """One try at one answer, which ends at `deadline` on the monotonic clock."""

    def __init__(
        self, means: Means, slack: WebClient, message: Message, held: Claim, deadline: float
    ) -> None:
        self._means, self._slack, self._message = means, slack, message
        self._held, self._deadline = held, deadline
        self._began = time.time()
        self._place = Place(
            message.team, message.channel, message.thread, message.user, means.bot_user_id
        )
        self._reply = Reply(slack, self._place, held, self._may_stream)
        self._watch = Watch(
            means.table,
            f"{message.team}:{message.channel}",
            message.thread,
            message.ts,
            message.again or message.ts,
            message.text,
            held.posted,
        )
        self._thread = Thread()
        self._files: tuple[Attachment, ...] = ()
        self._meter = Meter(means.allowance.budget)
        self._without_model = ""
        self._asked, self._has_history = "", False
        self._minutes = Minutes()

    def shown_at_work(self) -> AbstractContextManager[None]:
        """The session's status for as long as this lasts."""
        return at_work(self._slack, self._place, self._title)

    @property
    def _title(self) -> str:
        """The question's first line."""
        return blocks.title(blocks.as_written(self._message.text, self._means.bot_user_id))

    def end(self, *, last: bool) -> Ending:
        """Answer or refuse; the `last` delivery apologises. People's wishes come before both.

        Any other error leaves the question to the next delivery.
        """
        try:
            return self._apologise() if last else self._answer()
        except Stopped:
            self._reply.mark_stopped()
            return "stopped"
        except Withdrawn:
            self._reply.withdraw()
            return "withdrawn"

    def _answer(self) -> Ending:
        self._look_at_thread()
        self._watch.newest()
        if refusal := self._refusal():
            self._reply.write_instead(refusal)
            return "refused"
        who = self._message.team, self._message.user, self._message.question
        self._without_model = self._means.allowance.without_model(*who)
        try:
            self._files = self._read_files()
            with closing(self._events()) as events:
                self._reply.write(self._minutes.taken(events))
        finally:
            if not self._without_model:
                self._means.allowance.settle(self._meter, *who)
        return "done"

    def keep(self, ending: Ending) -> None:
        """Keep what was asked and what was said, for feedback and for a look at the sources."""
        message, cost = self._message, self._meter.micro_dollars / 1_000_000
        person = f"{message.team}:{message.user}"
        question = own_words(self._asked)
        earlier = self._has_history or question != self._asked
        record = self._minutes.record(
            message.question, person, question, cost, ending, has_earlier=earlier
        )
        keep(self._means.table, record, self._means.retention_days)
        if forgotten_at(self._means.table, person) >= self._began:
            delete_record(self._means.table, message.question)

    def _refusal(self) -> str | None:
        """Why the person may not ask, if so."""
        message = self._message
        return self._means.doorkeeper.refusal(self._slack, message.channel, message.user)

    def _apologise(self) -> Ending:
        """Put the apology in the place of all that was posted, whatever Slack makes of it.

        Where the thread stays closed to the bot, it is said without a look.
        """
        self._in_spite_of_slack(self._look_at_thread, needed=False)
        self._watch.newest()
        question = self._message.question
        text, button = blocks.apology(self._means.name, question), blocks.try_again()
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
        again = self._held.attempt > 1
        if again or self._message.thread != self._message.ts:
            self._thread = Thread.read(self._slack, self._place.channel, self._place.thread)
        if again:
            self._reply.adopt(self._orphans())

    def _orphans(self) -> list[str]:
        """What the bot posted in the thread since the question, and no claim owns.

        Within a thread one question is answered at a time, so it belongs to this answer. Our own
        clock is left out of it: it need not be Slack's, and others are answered before "Try again".
        """
        bot, message = self._means.bot_user_id, self._message
        posts = set(self._thread.own(bot, message.ts)) - {*self._held.posted}
        if not posts:
            return []
        place = f"{message.team}:{message.channel}"
        others = [f"{place}:{ts}" for ts in {message.thread, *self._thread.questions(bot)}]
        return sorted(posts - posted_for(self._means.table, others), key=float)

    def _read_files(self) -> tuple[Attachment, ...]:
        seconds = min(_FILES_SECONDS, self._means.times.model / 3)
        earlier = earlier_files(self._thread, self._message.ts)
        return read_files(
            self._slack, self._message.files, earlier, self._means.model_sees, seconds
        )

    def _events(self) -> Answer:
        """The answer's events, begun anew when the question is edited. Closing it stops the model.

        Raises `Stopped` or `Withdrawn`.
        """
        watch, edited = self._watch, True
        while edited:
            edited = False
            text = watch.newest()
            with closing(
                self._means.answerer.answer(self._question(text), self._deadline)
            ) as events:
                for event in events:
                    self._meter.note(event)
                    if watch.newest() != text:
                        edited = True
                        yield Rewrite("edited")
                        break
                    self._log(event)
                    yield event

    def _question(self, text: str) -> Question:
        bot = self._means.bot_user_id
        earlier = self._thread.history(self._message.ts, self._held.posted, bot)
        self._asked, self._has_history = blocks.as_written(text, bot), bool(earlier)
        return Question(
            text=self._asked,
            history=earlier,
            asker=self._message.asker,
            files=self._files,
            without_model=self._without_model,
            clearance=self._clearance(),
            now=lambda: self._means.doorkeeper.now(self._slack, self._message.user),
        )

    def _clearance(self) -> Clearance:
        """What may be said where the answer will stand."""
        message = self._message
        if not message.is_private:
            return Clearance(message.channel)
        return self._means.groups.clearance(self._slack, message.user, message.channel)

    def _may_stream(self) -> bool:
        return self._means.allowance.may_stream(self._message.team)

    def _log(self, event: AnswerEvent) -> None:
        question = self._message.question
        if isinstance(event, Used | Rewrite):
            log(type(event).__name__.lower(), **asdict(event), question=question)
        if isinstance(event, Quoted):
            log("quoted", why=event.detail, question=question)
        if isinstance(event, Trouble):
            log(event.what, "WARNING", why=event.why, question=question)
