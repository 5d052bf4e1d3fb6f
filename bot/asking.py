"""A question that has no message of its own, such as a command's: the bot posts one for it.

From then on it is a question like any other. It goes back through the queue, so that it waits for
its turn in its thread. Where the bot cannot post, `/ask` is answered for its asker alone, and a
question on a message in the asker's direct messages.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import asked, blocks, whispers
from bot.asked import Asked
from bot.desk import GaveUp, HelpDesk, released_on_failure
from bot.inquiries import Inquiry
from bot.log import log
from bot.message import Message
from bot.slack import error_code
from bot.state.claims import Busy, Claim, Delivery, LostClaim, claim

POSTED = "question_posted"
"""The type of the event by which the worker hears of a question that it has posted."""

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
_ALONE = "alone"
"""What the claim remembers instead of a place: the asker alone gets the answer."""
_PAGE = 200
_CLOCKS_DIFFER = 60
"""Seconds between Slack's clock and ours that do no harm."""


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


def ask(slack: WebClient, desk: HelpDesk, inquiry: Inquiry, delivery: Delivery) -> None:
    """Post the question once, and have it answered. A redelivery takes up what is there.

    Raises `Busy`, and whatever failed, so that the queue delivers it again.
    """
    held = claim(desk.table, inquiry.identity, delivery, desk.times.lease)
    if held is None:
        log("duplicate", question=inquiry.identity)
        return
    with released_on_failure(held), _told_at_last(desk.name, inquiry, delivery):
        note = held.posted[0] if held.posted else _note_of(slack, desk, inquiry, held)
        if note == _ALONE:
            desk.answer(slack, _message_for_one(inquiry), delivery)
        else:
            desk.queue.send(inquiry.team, _event(inquiry, _Posted.from_note(note)))
        held.finish("done")


@contextmanager
def _told_at_last(name: str, inquiry: Inquiry, delivery: Delivery) -> Iterator[None]:
    """Apologise where the last delivery fails before there is a question to answer."""
    try:
        yield
    except (Busy, GaveUp, LostClaim):
        raise
    except Exception:
        if delivery.last and inquiry.response_url:
            whispers.send(inquiry.response_url, blocks.apology(name, inquiry.once))
            told = blocks.reference(inquiry.once)
            log("apologised", question=inquiry.identity, reference=told)
        raise


def _note_of(slack: WebClient, desk: HelpDesk, inquiry: Inquiry, held: Claim) -> str:
    """Post the question, and remember where. Whoever is refused need not be so in public."""
    refused = inquiry.response_url and desk.doorkeeper.refusal(slack, inquiry.channel, inquiry.user)
    note = _ALONE if refused else _post(slack, desk.bot_user_id, inquiry, held)
    held.remember(note)
    return note


def _post(slack: WebClient, bot_user_id: str, inquiry: Inquiry, held: Claim) -> str:
    """Post the question where it belongs, or else where the bot may; where that was."""
    *others, last = _places(slack, inquiry)
    for place in (*others, last):
        try:
            channel, thread, about = place()
            ts = _orphan(slack, bot_user_id, channel, thread, inquiry, held)
            ts = ts or _post_in(slack, channel, thread, about, inquiry)
        except SlackApiError as error:
            nowhere = place is last and not inquiry.response_url
            if nowhere or error_code(error) not in _CANNOT_POST:
                raise
        else:
            return _Posted(channel, ts, thread or ts).note
    return _ALONE


def _places(slack: WebClient, inquiry: Inquiry) -> Iterator[Callable[[], tuple[str, str, str]]]:
    """Channel, thread, and how to call the message that it is about; the best place first."""
    about = inquiry.about
    if about is None:
        yield lambda: (inquiry.channel, "", "")
    else:
        yield lambda: (about.channel, about.thread, "this message")
        yield lambda: (_direct(slack, inquiry.user), "", f"<{about.link}|this message>")


def _direct(slack: WebClient, user: str) -> str:
    return str(slack.conversations_open(users=user)["channel"]["id"])


def _orphan(
    slack: WebClient, bot_user_id: str, channel: str, thread: str, inquiry: Inquiry, held: Claim
) -> str:
    """The `ts` of a question that a killed attempt posted and could not note, or nothing."""
    if held.attempt == 1:
        return ""
    oldest = f"{held.since - _CLOCKS_DIFFER:.6f}"
    if thread:
        found = slack.conversations_replies(channel=channel, ts=thread, oldest=oldest, limit=_PAGE)
    else:
        found = slack.conversations_history(channel=channel, oldest=oldest, limit=_PAGE)
    for post in found["messages"]:
        question = asked.read(post, bot_user_id)
        if question and question.id == inquiry.once:
            return str(post["ts"])
    return ""


def _post_in(slack: WebClient, channel: str, thread: str, about: str, inquiry: Inquiry) -> str:
    question = Asked(inquiry.once, inquiry.user, inquiry.question)
    quoted = inquiry.about.text if inquiry.about and not thread else ""
    posted = slack.chat_postMessage(
        channel=channel,
        thread_ts=thread or None,
        unfurl_links=False,
        unfurl_media=False,
        **asked.posted(question, about, quoted),
    )
    return str(posted["ts"])


def _event(inquiry: Inquiry, posted: _Posted) -> dict[str, str]:
    return {
        "type": POSTED,
        "channel": posted.channel,
        "ts": posted.ts,
        "thread_ts": posted.thread,
        "user": inquiry.user,
        "text": inquiry.whole,
    }


def _message_for_one(inquiry: Inquiry) -> Message:
    once = f"ask-{inquiry.once}"
    return Message(
        team=inquiry.team,
        channel=inquiry.channel,
        ts=once,
        thread=once,
        user=inquiry.user,
        text=inquiry.whole,
        response_url=inquiry.response_url,
    )
