"""Moves a question to its asker's direct messages where not all readers may read its answer.

The bot posts the question there in a message of its own, and answers it like any other. In the
channel the answer is one line that says so. See docs/decisions/0037.
"""

from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.conversation.message import Message
from bot.runtime.log import log
from bot.runtime.queue import Queue
from bot.slack.client import error_code
from bot.slack.thread import find_posted
from bot.slack.ui import blocks, question_message
from bot.slack.ui.question_message import POSTED, Origin, QuestionMessage
from bot.state.claims import Claim, posted_for
from bot.state.table import Table

_UNREACHABLE = (  # of conversations.open and chat.postMessage
    "cannot_dm_bot",
    "channel_not_found",
    "messages_tab_disabled",
    "missing_scope",
    "not_allowed_token_type",
    "user_disabled",
    "user_not_found",
    "user_not_visible",
)
_DELETED = ("channel_not_found", "message_not_found")


class Unreachable(Exception):
    """Slack lets the bot write no direct message to the asker."""


def post_directly(
    slack: WebClient, message: Message, text: str, claim: Claim, bot_user_id: str
) -> None:
    """Post the question in direct messages once, and save where. Raises `Unreachable`."""
    if claim.direct:
        return
    origin = Origin(message.channel, message.ts, message.thread)
    question = QuestionMessage(
        origin.id, message.user, blocks.harmless(blocks.as_written(text, bot_user_id))
    )
    try:
        channel = str(slack.conversations_open(users=message.user)["channel"]["id"])
        ts = ""
        if claim.attempt > 1:
            ts = find_posted(slack, bot_user_id, channel, "", origin.id, claim.since)
        ts = ts or _post(
            slack, channel, question_message.posted_directly(question, message.channel)
        )
    except SlackApiError as error:
        if error_code(error) not in _UNREACHABLE:
            raise
        log("direct_refused", "WARNING", question=message.question, why=error_code(error))
        raise Unreachable from error
    claim.note_direct(f"{channel}:{ts}")


def enqueue_direct_question(queue: Queue, message: Message, text: str, claim: Claim) -> None:
    """Send the question that `post_directly` has posted to the worker. Raises `AwsError`."""
    channel, ts = claim.direct.split(":")
    event = {
        "type": POSTED,
        "channel": channel,
        "ts": ts,
        "thread_ts": ts,
        "user": message.user,
        "text": text,
        "origin": Origin(message.channel, message.ts, message.thread).id,
        "about_user": message.about_user,
    }
    queue.send(message.team, event)
    log("asked_directly", question=message.question, asked_as=f"{message.team}:{channel}:{ts}")


def delete_elsewhere(slack: WebClient, table: Table, message: Message, claim: Claim) -> None:
    """Delete what was posted outside its thread for a question that is gone."""
    if claim.direct:
        _delete(slack, *claim.direct.split(":"))
    if message.origin:
        _delete(slack, message.channel, message.ts)
        lines = posted_for(table, [f"{message.team}:{message.asked_at}"])
        _delete(slack, message.origin.channel, *lines)


def _post(slack: WebClient, channel: str, content: dict[str, Any]) -> str:
    posted = slack.chat_postMessage(
        channel=channel, unfurl_links=False, unfurl_media=False, **content
    )
    return str(posted["ts"])


def _delete(slack: WebClient, channel: str, *posts: str) -> None:
    """Delete messages of the bot's; those that are gone already are no error."""
    for ts in posts:
        try:
            slack.chat_delete(channel=channel, ts=ts)
        except SlackApiError as error:
            if error_code(error) not in _DELETED:
                raise
