"""From a person's message to its answer: claim, status, thread, answer, reply."""

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import blocks
from bot.answering.events import Answer, Answerer, Question, Quoted, Rewrite, Turn, Used
from bot.build import build_id
from bot.log import log
from bot.replies import Reply
from bot.state.changes import changes
from bot.state.claims import Claim, Delivery, LostClaim, claim
from bot.state.table import Table
from bot.streams import Place, StoppedByPerson
from bot.worker_settings import Times

_STOP_CHECK_SECONDS = 1.0
_HISTORY_TURNS = 20


class GaveUp(Exception):
    """The last delivery has apologised; failing it sends the message to the dead-letter queue."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a person wrote, and where. `thread` is the root's `ts`; `ts` where it is the root."""

    team: str
    channel: str
    ts: str
    thread: str
    user: str
    text: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any], team: str) -> Self:
        return cls(
            team=team,
            channel=event["channel"],
            ts=event["ts"],
            thread=event.get("thread_ts", event["ts"]),
            user=event["user"],
            text=event.get("text", ""),
        )

    @property
    def question(self) -> str:
        """The identity of the question, whatever events tell of it."""
        return f"{self.team}:{self.channel}:{self.ts}"


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """Answers messages. One desk serves every surface."""

    name: str
    bot_user_id: str
    table: Table
    answerer: Answerer
    times: Times

    def answer(self, slack: WebClient, message: Message, delivery: Delivery) -> None:
        """Give `message` its one answer, or nothing where another delivery already has.

        Raises `Busy` while another delivery may be at work, `GaveUp` after the last one's apology,
        and whatever failed otherwise, so that the queue delivers the message again.
        """
        started = time.monotonic()
        held = claim(self.table, message.question, delivery, self.times.lease)
        if held is None:
            log("duplicate", question=message.question)
            return
        log("claimed", question=message.question, attempt=held.attempt, build=build_id())
        place = Place(message.team, message.channel, message.thread, message.user, self.bot_user_id)
        reply = Reply(slack, place, held)
        with _released_on_failure(held):
            if held.attempt > 1:
                reply.adopt_orphans()
            if delivery.last:
                self._apologise(reply, held)
            threading.Thread(target=self.answerer.warm_up, daemon=True).start()
            with _status(slack, place):
                question = Question(
                    text=blocks.as_written(message.text, self.bot_user_id),
                    history=_history(slack, message, held, self.bot_user_id),
                    asker=hashlib.sha256(f"{message.team}:{message.user}".encode()).hexdigest(),
                )
                ending = self._write(reply, question, started + self.times.model, message)
                held.finish(ending)
        seconds = round(time.monotonic() - started, 3)
        log(ending, question=message.question, messages=len(held.posted), seconds=seconds)

    def _write(
        self, reply: Reply, question: Question, deadline: float, message: Message
    ) -> Literal["done", "stopped"]:
        try:
            with closing(self._until_stopped(question, deadline, message)) as events:
                reply.write(events)
        except StoppedByPerson:
            return "stopped"
        return "done"

    def _until_stopped(self, question: Question, deadline: float, message: Message) -> Answer:
        """The answer's events, until a person presses stop. Closing it stops the model."""
        checked = 0.0
        with closing(self.answerer.answer(question, deadline)) as events:
            for event in events:
                if time.monotonic() - checked >= _STOP_CHECK_SECONDS:
                    checked = time.monotonic()
                    if changes(
                        self.table, message.team, message.channel, message.thread, message.ts
                    ).stopped:
                        raise StoppedByPerson
                if isinstance(event, Used | Rewrite):
                    log(type(event).__name__.lower(), **asdict(event), question=message.question)
                if isinstance(event, Quoted):
                    log("quoted", why=event.detail, question=message.question)
                yield event

    def _apologise(self, reply: Reply, claim: Claim) -> None:
        reply.write_instead(blocks.apology(self.name, claim.question))
        claim.finish("apologised")
        raise GaveUp(claim.question)


@contextmanager
def _released_on_failure(claim: Claim) -> Iterator[None]:
    try:
        yield
    except (GaveUp, LostClaim):
        raise
    except Exception:
        claim.release()
        raise


@contextmanager
def _status(slack: WebClient, place: Place) -> Iterator[None]:
    """Show that the bot is at work. Slack does not clear `processing` by itself for an hour."""
    _set_status(slack, place, "processing")
    try:
        yield
    finally:
        _set_status(slack, place, "active")


def _set_status(slack: WebClient, place: Place, status: str) -> None:
    try:
        slack.agents_sessions_setStatus(
            channel_id=place.channel, thread_ts=place.thread, status=status
        )
    except (SlackApiError, OSError) as error:
        # A courtesy: an answer without it is better than none.
        log("status_failed", level="WARNING", error=type(error).__name__)


def _history(
    slack: WebClient, message: Message, claim: Claim, bot_user_id: str
) -> tuple[Turn, ...]:
    """The thread so far: what people wrote before the question, and every answer but this one.

    An answer to an earlier question may be younger than this question: the bot was still busy.
    """
    if message.thread == message.ts:
        return ()
    thread = slack.conversations_replies(channel=message.channel, ts=message.thread, limit=1000)
    turns = []
    for earlier in thread["messages"]:
        ts, text = earlier["ts"], blocks.as_written(blocks.markdown_of(earlier), bot_user_id)
        if earlier.get("user") == bot_user_id and ts not in claim.posted:
            turns.append(Turn("assistant", text))
        elif "bot_id" not in earlier and float(ts) < float(message.ts):
            turns.append(Turn("user", text))
    return tuple(turn for turn in turns if turn.text)[-_HISTORY_TURNS:]
