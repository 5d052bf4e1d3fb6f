"""Posts a message for a question that has none, such as a command's.

From then on it is a question like any other. It goes back through the queue, so that it waits for
its turn in its thread. Where the bot cannot post, the question and its answer are in the asker's
direct messages.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.conversation.desk import Dependencies
from bot.conversation.unposted_question import UnpostedQuestion
from bot.runtime.log import log
from bot.slack import response_url
from bot.slack.client import error_code
from bot.slack.thread import find_posted
from bot.slack.ui import blocks, question_message
from bot.slack.ui.message_reference import MessageReference
from bot.slack.ui.question_message import POSTED, QuestionMessage
from bot.state import claims
from bot.state.claims import (
    Busy,
    Claim,
    Delivery,
    GaveUp,
    LostClaim,
    released_on_failure,
)

_CANNOT_POST = (  # see https://docs.slack.dev/reference/methods/chat.postMessage#errors
    "cannot_reply_to_message",
    "channel_not_found",
    "is_archived",
    "msg_blocks_too_long",
    "msg_too_long",
    "not_in_channel",
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "thread_not_found",
)
_DIRECTLY = "I may not write in this channel, so I answer you in a direct message."


_FindPlace = Callable[[], tuple[str, str, str]]
"""Looks up channel, thread, and what to call the message that the question refers to."""


@dataclass(frozen=True, slots=True)
class _Location:
    """Where the question was posted."""

    channel: str
    ts: str
    thread: str

    @classmethod
    def from_note(cls, note: str) -> Self:
        return cls(*note.split(":"))

    @property
    def note(self) -> str:
        """How the claim saves it, such as "C0123:1700000000.000100:1700000000.000100"."""
        return f"{self.channel}:{self.ts}:{self.thread}"


def ask(
    slack: WebClient, dependencies: Dependencies, question: UnpostedQuestion, delivery: Delivery
) -> None:
    """Post the question once, and send it to the worker. A redelivery goes on where one failed.

    Raises `Busy`, and whatever failed, so that the queue delivers it again.
    """
    claim = claims.claim(dependencies.table, question.identity, delivery, dependencies.times.lease)
    if claim is None:
        return log("duplicate", question=question.identity)
    with (
        released_on_failure(claim),
        _apology_on_last_failure(slack, dependencies.name, question, delivery),
    ):
        if refusal := _refusal(slack, dependencies, question):
            response_url.send(slack, question.response_url, refusal)
            return claim.finish("refused")
        if claim.posted:
            location = _Location.from_note(claim.posted[0])
        else:
            location = _post_and_save(slack, dependencies.bot_user_id, question, claim)
        dependencies.queue.send(question.team, _event(question, location))
        return claim.finish("done")


@contextmanager
def _apology_on_last_failure(
    slack: WebClient, name: str, question: UnpostedQuestion, delivery: Delivery
) -> Iterator[None]:
    """Apologise where the last delivery fails before there is a message to answer."""
    try:
        yield
    except (Busy, GaveUp, LostClaim):
        raise
    except Exception:
        if delivery.last and question.response_url:
            response_url.send(slack, question.response_url, blocks.apology(name, question.id))
            reference = blocks.reference(question.id)
            log("apologised", question=question.identity, reference=reference)
        raise


def _refusal(
    slack: WebClient, dependencies: Dependencies, question: UnpostedQuestion
) -> str | None:
    """Why somebody may not ask by a command, if so: that need not be said in public."""
    if not question.response_url:
        return None
    return dependencies.access_policy.refusal(slack, question.channel, question.user)


def _post_and_save(
    slack: WebClient, bot_user_id: str, question: UnpostedQuestion, claim: Claim
) -> _Location:
    """Post the question, save where, and tell the asker if that is another channel."""
    location = _post(slack, bot_user_id, question, claim)
    claim.remember(location.note)
    if question.response_url and location.channel != question.channel:
        try:
            response_url.send(slack, question.response_url, _DIRECTLY)
        except (response_url.NotTaken, OSError) as error:
            log("not_whispered", "WARNING", why=type(error).__name__)
    return location


def _post(
    slack: WebClient, bot_user_id: str, question: UnpostedQuestion, claim: Claim
) -> _Location:
    """Post the question where it belongs, or else where the bot may. Raises `SlackApiError`."""
    channel, direct_messages = _places(slack, question)
    try:
        return _post_at(channel, slack, bot_user_id, question, claim)
    except SlackApiError as error:
        if error_code(error) not in _CANNOT_POST:
            raise
    return _post_at(direct_messages, slack, bot_user_id, question, claim)


def _post_at(
    find_place: _FindPlace,
    slack: WebClient,
    bot_user_id: str,
    question: UnpostedQuestion,
    claim: Claim,
) -> _Location:
    channel, thread, reference = find_place()
    ts = ""
    if claim.attempt > 1:
        ts = find_posted(slack, bot_user_id, channel, thread, question.id, claim.since)
    ts = ts or _post_in(slack, channel, thread, reference, question)
    return _Location(channel, ts, thread or ts)


def _places(slack: WebClient, question: UnpostedQuestion) -> tuple[_FindPlace, _FindPlace]:
    """Where the question belongs, and the asker's direct messages."""
    reference = question.reference
    if reference is None:
        return (
            lambda: (question.channel, "", ""),
            lambda: (_direct(slack, question.user), "", ""),
        )
    return (
        lambda: (reference.channel, reference.thread, "this message"),
        lambda: (_direct(slack, question.user), "", _linked(reference)),
    )


def _linked(reference: MessageReference) -> str:
    return f"<{reference.link}|this message>" if reference.link else "a message"


def _direct(slack: WebClient, user: str) -> str:
    return str(slack.conversations_open(users=user)["channel"]["id"])


def _post_in(
    slack: WebClient, channel: str, thread: str, reference: str, question: UnpostedQuestion
) -> str:
    message = QuestionMessage(question.id, question.user, question.post_text)
    quoted = question.reference.text if question.reference and not thread else ""
    response = slack.chat_postMessage(
        channel=channel,
        thread_ts=thread or None,
        unfurl_links=False,
        unfurl_media=False,
        **question_message.posted(message, reference, quoted),
    )
    return str(response["ts"])


def _event(question: UnpostedQuestion, location: _Location) -> dict[str, str]:
    """The event by which the worker is asked, as `bot.listeners.posted` reads it."""
    return {
        "type": POSTED,
        "channel": location.channel,
        "ts": location.ts,
        "thread_ts": location.thread,
        "user": question.user,
        "text": question.full_text,
        "about_user": question.reference.user if question.reference else "",
    }
