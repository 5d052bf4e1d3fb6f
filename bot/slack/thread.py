"""Reads the thread of a question from Slack."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.client import error_code
from bot.slack.ui import question_message

_PAGE, _PAGES = 1000, 5
"""Slack returns up to 1,000 messages in a page, to some apps 15."""
_LAST = 200
"""How many messages are searched for a posted question."""
_CLOCKS_DIFFER = 60
"""Seconds by which Slack's clock and ours may differ."""
DELETED = "tombstone"
"""The subtype of what replaces a deleted root that has replies."""


@dataclass(frozen=True, slots=True)
class Thread:
    """Messages as Slack returns them, oldest first."""

    messages: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def read(cls, slack: WebClient, channel: str, root: str) -> "Thread":
        """Read a thread; it is empty if the root was deleted before any reply."""
        try:
            pages = slack.conversations_replies(channel=channel, ts=root, limit=_PAGE)
            posts = [post for page in islice(pages, _PAGES) for post in page["messages"]]
        except SlackApiError as error:
            if error_code(error) != "thread_not_found":
                raise
            posts = []
        return cls(tuple(posts))

    def question(self, ts: str) -> Mapping[str, Any] | None:
        """The message `ts`, unless it was deleted."""
        matches = (post for post in self.messages if post["ts"] == ts)
        return next((post for post in matches if post.get("subtype") != DELETED), None)

    def own_posts(self, bot_user_id: str, after: str) -> list[str]:
        """The `ts` of the bot's posts after that `ts`, without the question messages."""
        posts = (
            post
            for post in self.messages
            if post.get("user") == bot_user_id and not question_message.read(post, bot_user_id)
        )
        return [str(post["ts"]) for post in posts if float(post["ts"]) > float(after)]

    def questions(self, bot_user_id: str) -> list[str]:
        """The `ts` of all that may have an answer: people's messages, and question messages."""
        return [
            str(post["ts"])
            for post in self.messages
            if post.get("user") != bot_user_id or question_message.read(post, bot_user_id)
        ]


def find_posted(
    slack: WebClient, bot_user_id: str, channel: str, thread: str, name: str, since: float
) -> str:
    """The `ts` of a question message that a killed attempt posted and could not save, or nothing.

    `name` is the question's id, `since` the time at which its claim began, by our clock.
    """
    oldest = f"{since - _CLOCKS_DIFFER:.6f}"
    if thread:
        page = slack.conversations_replies(channel=channel, ts=thread, oldest=oldest, limit=_LAST)
    else:
        page = slack.conversations_history(channel=channel, oldest=oldest, limit=_LAST)
    for post in page["messages"]:
        question = question_message.read(post, bot_user_id)
        if question and question.id == name:
            return str(post["ts"])
    return ""
