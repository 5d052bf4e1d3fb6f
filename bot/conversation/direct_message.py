"""Takes a question to its asker's direct messages where not everybody may read what answers it.

It is asked there once more, in a message of the bot's own, and answered like any other question. In
the channel one line says so, which is the answer there. See docs/decisions/0037.
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
from bot.state.claims import Claim

LINE = "I answer this in a direct message to you, since people from outside read along here."

_UNREACHABLE = (
    "cannot_dm_bot",
    "channel_not_found",
    "messages_tab_disabled",
    "missing_scope",
    "not_allowed_token_type",
    "user_disabled",
    "user_not_found",
    "user_not_visible",
)
_GONE = ("channel_not_found", "message_not_found")


class Unreachable(Exception):
    """Slack lets the bot write no direct message to the asker."""


def ask_directly(
    slack: WebClient, message: Message, text: str, claim: Claim, bot_user_id: str
) -> None:
    """Post the question in direct messages once, and note where. Raises `Unreachable`."""
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


def have_answered(queue: Queue, message: Message, text: str, claim: Claim) -> None:
    """Have the question answered that `ask_directly` has posted. Raises `AwsError`."""
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


def take_back(slack: WebClient, channel: str, *posts: str) -> None:
    """Delete messages of the bot's that are of no use any more, where they are still there."""
    for ts in posts:
        try:
            slack.chat_delete(channel=channel, ts=ts)
        except SlackApiError as error:
            if error_code(error) not in _GONE:
                raise


def _post(slack: WebClient, channel: str, content: dict[str, Any]) -> str:
    posted = slack.chat_postMessage(
        channel=channel, unfurl_links=False, unfurl_media=False, **content
    )
    return str(posted["ts"])
