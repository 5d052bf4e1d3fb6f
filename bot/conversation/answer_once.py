"""Gives every message its one answer, however often the queue delivers it.

It claims the message, has one attempt answer it, and ends the claim.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.conversation.attempt import Attempt
from bot.conversation.desk import Dependencies
from bot.conversation.message import Message
from bot.runtime.build import build_id
from bot.runtime.log import log
from bot.slack.client import is_revoked
from bot.slack.status import show_at_rest
from bot.slack.ui import blocks
from bot.state import claims
from bot.state.answers import note_answer
from bot.state.changes import removed_since
from bot.state.claims import Claim, Delivery, Ending, GaveUp, released_on_failure
from bot.state.table import Table


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
