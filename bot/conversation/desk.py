"""Gives every message its one answer: claims it, has it answered, and ends the claim."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.answering.retrieval.index import Index
from bot.conversation.attempt import Attempt
from bot.conversation.dependencies import Dependencies
from bot.conversation.knowledge import KnowledgeSnapshot
from bot.conversation.message import Message
from bot.runtime.build import build_id
from bot.runtime.log import log
from bot.slack.client import is_revoked
from bot.slack.status import show_at_rest
from bot.slack.thread import Thread
from bot.slack.ui import blocks
from bot.state import claims
from bot.state.answers import note_answer
from bot.state.claims import Claim, Delivery, Ending, LostClaim
from bot.state.installations import removed_since
from bot.state.table import Table

AnswerMessage = Callable[[WebClient, Message, Delivery], None]


class GaveUp(Exception):
    """The last delivery has apologised; failing it sends the message to the dead-letter queue."""


class HelpDesk:
    """Answers messages. One desk serves every surface.

    `answer_message` is called for each question, in the place of `answer_once`: a dry run brings
    its own.
    """

    def __init__(
        self, dependencies: Dependencies, answer_message: AnswerMessage | None = None
    ) -> None:
        self.dependencies = dependencies
        self._answer_message = answer_message or partial(answer_once, dependencies)

    def answer(self, slack: WebClient, message: Message, delivery: Delivery) -> None:
        """Answer a message. Raises whatever failed, so that the queue delivers it again."""
        self._answer_message(slack, message, delivery)

    def try_again(
        self, slack: WebClient, question: str, thread: str, pressed_at: str, delivery: Delivery
    ) -> bool:
        """Answer a question of a thread that ended in an apology; False where it is gone by now.

        `pressed_at` is when somebody pressed "Try again", by Slack's clock.
        """
        team, channel, ts = question.split(":")
        post = Thread.read(slack, channel, thread).question(ts)
        if post is None:
            log("gone", question=f"{team}:{channel}:{ts}")
            return False
        bot_user_id = self.dependencies.bot_user_id
        message = Message.from_post(post, team, channel, pressed_at, bot_user_id)
        self.answer(slack, message, delivery)
        return True

    def knowledge_for(self, slack: WebClient, user: str, channel: str) -> KnowledgeSnapshot:
        """The documents that a person may see where they alone read, in their `channel`.

        None of them for people who may not ask.
        """
        snapshot = self.dependencies.knowledge.newest()
        if self.dependencies.access_policy.refusal(slack, channel, user):
            return KnowledgeSnapshot(Index.of(()))
        permissions = self.dependencies.readers.alone(slack, user, channel)
        return replace(snapshot, index=snapshot.index.visible_to(permissions))


def answer_once(
    dependencies: Dependencies, slack: WebClient, message: Message, delivery: Delivery
) -> None:
    """Give `message` its one answer, or nothing where another delivery already has.

    Raises `Busy` while another delivery may be at work, `GaveUp` after the last one's apology, and
    whatever failed otherwise, so that the queue delivers the message again.
    """
    started, table, times = time.monotonic(), dependencies.table, dependencies.times
    claim = claims.claim(table, message.question, delivery, times.lease)
    if claim is None:
        log("duplicate", question=message.question)
        if delivery.number > 1:
            # Of a worker killed behind its answer, nobody else takes the status back.
            show_at_rest(slack, message.channel, message.thread)
        return
    log("claimed", question=message.question, attempt=claim.attempt, build=build_id())
    attempt = Attempt(dependencies, slack, message, claim, started + times.model)
    with (
        released_on_failure(claim),
        _dropped_where_uninstalled(table, message, claim),
    ):
        if not delivery.last:
            threading.Thread(target=dependencies.answerer.warm_up, daemon=True).start()
        with attempt.working_status():
            ending = attempt.end(last=delivery.last)
            if ending in ("done", "stopped"):
                attempt.save_record(ending)
            if claim.posted:  # before the end: whatever is pressed below it comes later
                last_post = claim.posted[-1]
                note_answer(table, message.question, last_post, dependencies.retention_days)
            claim.finish(ending)
        _log_ending(ending, message.question, len(claim.posted), started)
        if ending == "apologised":
            raise GaveUp(message.question)


def _log_ending(ending: Ending, question: str, messages: int, started: float) -> None:
    log(
        ending,
        question=question,
        reference=blocks.reference(question),
        messages=messages,
        seconds=round(time.monotonic() - started, 3),
    )


@contextmanager
def released_on_failure(claim: Claim) -> Iterator[None]:
    """Release the claim where this delivery fails, so that the next one need not wait for it."""
    try:
        yield
    except (GaveUp, LostClaim):
        raise
    except Exception:
        claim.release()
        raise


@contextmanager
def _dropped_where_uninstalled(table: Table, message: Message, claim: Claim) -> Iterator[None]:
    """Drop a question whose workspace has removed the app: nobody could read the answer."""
    try:
        yield
    except SlackApiError as error:
        if not is_revoked(error):
            raise
        if not removed_since(table, message.team, message.ts):
            raise
        claim.finish("withdrawn")
        log("uninstalled", "WARNING", question=message.question)
