"""Gives every message its one answer: claims it, has it answered, and ends the claim."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.answering.retrieval.index import Index
from bot.conversation.attempt import Attempt, Dependencies
from bot.conversation.knowledge import Knowledge, KnowledgeSnapshot
from bot.conversation.message import Message
from bot.runtime.build import build_id
from bot.runtime.dead_letters import DeadLetterQueue
from bot.runtime.log import log
from bot.slack.client import is_revoked
from bot.slack.status import show_at_rest
from bot.slack.thread import Thread
from bot.slack.ui import blocks
from bot.state.answers import note_answer
from bot.state.claims import Claim, Delivery, LostClaim, claim
from bot.state.installations import removed_since
from bot.state.table import Table


class GaveUp(Exception):
    """The last delivery has apologised; failing it sends the message to the dead-letter queue."""


@dataclass(frozen=True, slots=True)
class HelpDesk(Dependencies):
    """Answers messages. One desk serves every surface."""

    knowledge: Knowledge
    dead_letters: DeadLetterQueue

    def answer(self, slack: WebClient, message: Message, delivery: Delivery) -> None:
        """Give `message` its one answer, or nothing where another delivery already has.

        Raises `Busy` while another delivery may be at work, `GaveUp` after the last one's apology,
        and whatever failed otherwise, so that the queue delivers the message again.
        """
        started = time.monotonic()
        held = claim(self.table, message.question, delivery, self.times.lease)
        if held is None:
            log("duplicate", question=message.question)
            if delivery.number > 1:
                # Of a worker killed behind its answer, nobody else takes the status back.
                show_at_rest(slack, message.channel, message.thread)
            return
        log("claimed", question=message.question, attempt=held.attempt, build=build_id())
        attempt = Attempt(self, slack, message, held, started + self.times.model)
        with released_on_failure(held), _dropped_where_uninstalled(self.table, message, held):
            if not delivery.last:
                threading.Thread(target=self.answerer.warm_up, daemon=True).start()
            with attempt.shown_at_work():
                ending = attempt.end(last=delivery.last)
                if ending in ("done", "stopped"):
                    attempt.keep(ending)
                if held.posted:  # before the end: whatever is pressed below it comes later
                    last = held.posted[-1]
                    note_answer(self.table, message.question, last, self.retention_days)
                held.finish(ending)
            seconds = round(time.monotonic() - started, 3)
            about = {"question": message.question, "reference": blocks.reference(message.question)}
            log(ending, **about, messages=len(held.posted), seconds=seconds)
            if ending == "apologised":
                raise GaveUp(message.question)

    def try_again(
        self, slack: WebClient, question: str, thread: str, pressed: str, delivery: Delivery
    ) -> bool:
        """Answer a question of a thread that ended in an apology; False where it is gone by now.

        `pressed` is when somebody asked for that, by Slack's clock.
        """
        team, channel, ts = question.split(":")
        post = Thread.read(slack, channel, thread).question(ts)
        if post is None:
            log("gone", question=f"{team}:{channel}:{ts}")
            return False
        message = Message.from_post(post, team, channel, pressed, self.bot_user_id)
        self.answer(slack, message, delivery)
        return True

    def shown_to(self, slack: WebClient, user: str, channel: str) -> KnowledgeSnapshot:
        """What is known, as far as one person may see it by themselves, in their `channel`.

        Nothing for whoever may not ask.
        """
        known = self.knowledge.newest()
        if self.access_policy.refusal(slack, channel, user):
            return KnowledgeSnapshot(Index.of(()))
        permissions = self.readers.alone(slack, user, channel)
        return replace(known, index=known.index.visible_to(permissions))


@contextmanager
def released_on_failure(held: Claim) -> Iterator[None]:
    """Let the next delivery take the claim over at once where this one fails."""
    try:
        yield
    except (GaveUp, LostClaim):
        raise
    except Exception:
        held.release()
        raise


@contextmanager
def _dropped_where_uninstalled(table: Table, message: Message, held: Claim) -> Iterator[None]:
    """Let go of a question whose workspace has removed the app: nobody could read the answer."""
    try:
        yield
    except SlackApiError as error:
        if not is_revoked(error):
            raise
        if not removed_since(table, message.team, message.ts):
            raise
        held.finish("withdrawn")
        log("uninstalled", "WARNING", question=message.question)
