"""A question that has no message of its own, such as a command's: the bot posts one for it.

From then on it is a question like any other. It goes back through the queue, so that it waits for
its turn in its thread. Where the bot cannot post, the question and its answer stand in the asker's
direct messages.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.conversation.desk import GaveUp, HelpDesk, released_on_failure
from bot.conversation.unposted_question import UnpostedQuestion
from bot.runtime.log import log
from bot.slack import response_url
from bot.slack.client import error_code
from bot.slack.thread import find_posted
from bot.slack.ui import blocks, question_message
from bot.slack.ui.message_reference import MessageReference
from bot.slack.ui.question_message import POSTED, QuestionMessage
from bot.state.claims import Busy, Claim, Delivery, LostClaim, claim

_CANNOT_POST = (
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


_Place = Callable[[], tuple[str, str, str]]
"""Looks up channel, thread, and how to call the message that the question is about."""


@dataclass(frozen=True, slots=True)
class _Posted:
    """Where the question stands now."""

    channel: str
    ts: str
    thread: str

    @classmethod
    def from_note(cls, note: str) -> Self:
        return cls(*note.split(":"))

    @property
    def note(self) -> str:
        """How the claim remembers it."""
        return f"{self.channel}:{self.ts}:{self.thread}"


def ask(slack: WebClient, desk: HelpDesk, inquiry: UnpostedQuestion, delivery: Delivery) -> None:
    """Post the question once, and have it answered. A redelivery takes up what is there.

    Raises `Busy`, and whatever failed, so that the queue delivers it again.
    """
    held = claim(desk.table, inquiry.identity, delivery, desk.times.lease)
    if held is None:
        return log("duplicate", question=inquiry.identity)
    with released_on_failure(held), _told_at_last(slack, desk.name, inquiry, delivery):
        if refusal := _refusal(slack, desk, inquiry):
            response_url.send(slack, inquiry.response_url, refusal)
            return held.finish("refused")
        note = held.posted[0] if held.posted else _note_of(slack, desk, inquiry, held)
        desk.queue.send(inquiry.team, _event(inquiry, _Posted.from_note(note)))
        return held.finish("done")


@contextmanager
def _told_at_last(
    slack: WebClient, name: str, inquiry: UnpostedQuestion, delivery: Delivery
) -> Iterator[None]:
    """Apologise where the last delivery fails before there is a question to answer."""
    try:
        yield
    except (Busy, GaveUp, LostClaim):
        raise
    except Exception:
        if delivery.last and inquiry.response_url:
            response_url.send(slack, inquiry.response_url, blocks.apology(name, inquiry.once))
            told = blocks.reference(inquiry.once)
            log("apologised", question=inquiry.identity, reference=told)
        raise


def _refusal(slack: WebClient, desk: HelpDesk, inquiry: UnpostedQuestion) -> str | None:
    """Why somebody may not ask by a command, if so: that need not be said in public."""
    if not inquiry.response_url:
        return None
    return desk.access_policy.refusal(slack, inquiry.channel, inquiry.user)


def _note_of(slack: WebClient, desk: HelpDesk, inquiry: UnpostedQuestion, held: Claim) -> str:
    """Post the question, remember where, and tell the asker where that is elsewhere."""
    posted = _post(slack, desk.bot_user_id, inquiry, held)
    held.remember(posted.note)
    if inquiry.response_url and posted.channel != inquiry.channel:
        try:
            response_url.send(slack, inquiry.response_url, _DIRECTLY)
        except (response_url.NotTaken, OSError) as error:
            log("not_whispered", "WARNING", why=type(error).__name__)
    return posted.note


def _post(slack: WebClient, bot_user_id: str, inquiry: UnpostedQuestion, held: Claim) -> _Posted:
    """Post the question where it belongs, or else where the bot may. Raises `SlackApiError`."""
    best, directly = _places(slack, inquiry)
    try:
        return _post_at(best, slack, bot_user_id, inquiry, held)
    except SlackApiError as error:
        if error_code(error) not in _CANNOT_POST:
            raise
    return _post_at(directly, slack, bot_user_id, inquiry, held)


def _post_at(
    place: _Place, slack: WebClient, bot_user_id: str, inquiry: UnpostedQuestion, held: Claim
) -> _Posted:
    channel, thread, about = place()
    ts = ""
    if held.attempt > 1:
        ts = find_posted(slack, bot_user_id, channel, thread, inquiry.once, held.since)
    ts = ts or _post_in(slack, channel, thread, about, inquiry)
    return _Posted(channel, ts, thread or ts)


def _places(slack: WebClient, inquiry: UnpostedQuestion) -> tuple[_Place, _Place]:
    """Where the question belongs, and the asker's direct messages."""
    about = inquiry.about
    if about is None:
        return (
            lambda: (inquiry.channel, "", ""),
            lambda: (_direct(slack, inquiry.user), "", ""),
        )
    return (
        lambda: (about.channel, about.thread, "this message"),
        lambda: (_direct(slack, inquiry.user), "", _linked(about)),
    )


def _linked(about: MessageReference) -> str:
    return f"<{about.link}|this message>" if about.link else "a message"


def _direct(slack: WebClient, user: str) -> str:
    return str(slack.conversations_open(users=user)["channel"]["id"])


def _post_in(
    slack: WebClient, channel: str, thread: str, about: str, inquiry: UnpostedQuestion
) -> str:
    question = QuestionMessage(inquiry.once, inquiry.user, inquiry.question)
    quoted = inquiry.about.text if inquiry.about and not thread else ""
    posted = slack.chat_postMessage(
        channel=channel,
        thread_ts=thread or None,
        unfurl_links=False,
        unfurl_media=False,
        **question_message.posted(question, about, quoted),
    )
    return str(posted["ts"])


def _event(inquiry: UnpostedQuestion, posted: _Posted) -> dict[str, str]:
    return {
        "type": POSTED,
        "channel": posted.channel,
        "ts": posted.ts,
        "thread_ts": posted.thread,
        "user": inquiry.user,
        "text": inquiry.whole,
        "about_user": inquiry.about.user if inquiry.about else "",
    }
