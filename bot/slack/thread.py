"""The thread that a question stands in, as Slack tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.client import error_code
from bot.slack.ui import question_message

_PAGE, _PAGES = 1000, 5
"""Slack hands out 1,000 messages at a time, to some apps 15."""
_LAST = 200
_CLOCKS_DIFFER = 60
"""Seconds between Slack's clock and ours that do no harm."""
DELETED = "tombstone"
"""What stands in the place of a root that was deleted, but for its replies."""


@dataclass(frozen=True, slots=True)
class Thread:
    """Messages, oldest first, in Slack's own form."""

    messages: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def read(cls, slack: WebClient, channel: str, root: str) -> "Thread":
        """What is there to be read; nothing where the root was deleted before any reply."""
        try:
            pages = slack.conversations_replies(channel=channel, ts=root, limit=_PAGE)
            posts = [post for page in islice(pages, _PAGES) for post in page["messages"]]
        except SlackApiError as error:
            if error_code(error) != "thread_not_found":
                raise
            posts = []
        return cls(tuple(posts))

    def question(self, ts: str) -> Mapping[str, Any] | None:
        """The message `ts`, unless it is gone."""
        found = (post for post in self.messages if post["ts"] == ts)
        return next((post for post in found if post.get("subtype") != DELETED), None)

    def own_posts(self, bot_user_id: str, after: str) -> list[str]:
        """The `ts` of what the bot has posted after that `ts`, but for people's questions."""
        posts = (
            post
            for post in self.messages
            if post.get("user") == bot_user_id and not question_message.read(post, bot_user_id)
        )
        return [str(post["ts"]) for post in posts if float(post["ts"]) > float(after)]

    def questions(self, bot_user_id: str) -> list[str]:
        """The `ts` of what people wrote, or had posted: of all that may have an answer."""
        return [
            str(post["ts"])
            for post in self.messages
            if post.get("user") != bot_user_id or question_message.read(post, bot_user_id)
        ]


def find_posted(
    slack: WebClient, bot_user_id: str, channel: str, thread: str, name: str, since: float
) -> str:
    """The `ts` of a question that a killed attempt posted and could not note, or nothing.

    `name` is its id, `since` when its claim began, by our clock.
    """
    oldest = f"{since - _CLOCKS_DIFFER:.6f}"
    if thread:
        found = slack.conversations_replies(channel=channel, ts=thread, oldest=oldest, limit=_LAST)
    else:
        found = slack.conversations_history(channel=channel, oldest=oldest, limit=_LAST)
    for post in found["messages"]:
        question = question_message.read(post, bot_user_id)
        if question and question.id == name:
            return str(post["ts"])
    return ""
