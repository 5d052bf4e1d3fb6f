"""The thread that a question stands in, as Slack tells it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import asked, blocks
from bot.answering.events import Turn
from bot.slack import error_code

_PAGE, _PAGES = 1000, 5
"""Slack hands out 1,000 messages at a time, to some apps 15."""
_TURNS = 20
_DELETED = "tombstone"
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
        return next((post for post in found if post.get("subtype") != _DELETED), None)

    def own(self, bot_user_id: str, after: str) -> list[str]:
        """The `ts` of what the bot has posted after that `ts`, but for people's questions."""
        posts = (
            post
            for post in self.messages
            if post.get("user") == bot_user_id and not asked.read(post, bot_user_id)
        )
        return [str(post["ts"]) for post in posts if float(post["ts"]) > float(after)]

    def questions(self, bot_user_id: str) -> list[str]:
        """The `ts` of what people wrote, or had posted: of all that may have an answer."""
        return [
            str(post["ts"])
            for post in self.messages
            if post.get("user") != bot_user_id or asked.read(post, bot_user_id)
        ]

    def history(self, at: str, answers: Collection[str], bot_user_id: str) -> tuple[Turn, ...]:
        """What people wrote before the question `at`, and every answer but its own `answers`.

        An answer to an earlier question may be younger than this question: the bot was still busy.
        """
        turns = []
        for post in self.messages:
            ts, question = post["ts"], asked.read(post, bot_user_id)
            text = question.text if question else blocks.markdown_of(post)
            text = blocks.as_written(text, bot_user_id)
            if post.get("subtype") == _DELETED:
                continue
            if question:
                turns += [Turn("user", text)] if float(ts) < float(at) else []
            elif post.get("user") == bot_user_id and ts not in answers:
                turns.append(Turn("assistant", text))
            elif "bot_id" not in post and float(ts) < float(at):
                turns.append(Turn("user", text))
        return tuple(turn for turn in turns if turn.text)[-_TURNS:]
