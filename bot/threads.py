"""The thread that a question stands in, as Slack tells it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from slack_sdk import WebClient

from bot import asked, blocks
from bot.answering.events import Turn

_PAGE, _PAGES = 1000, 5
"""Slack hands out 1,000 messages at a time, to some apps 15."""
_TURNS = 20


@dataclass(frozen=True, slots=True)
class Thread:
    """Messages, oldest first, in Slack's own form."""

    messages: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def read(cls, slack: WebClient, channel: str, root: str) -> "Thread":
        pages = slack.conversations_replies(channel=channel, ts=root, limit=_PAGE)
        return cls(tuple(post for page in islice(pages, _PAGES) for post in page["messages"]))

    def own(self, bot_user_id: str, since: float) -> list[str]:
        """The `ts` of what the bot has posted since then, but for people's questions."""
        posts = (
            post
            for post in self.messages
            if post.get("user") == bot_user_id and not asked.read(post)
        )
        return [str(post["ts"]) for post in posts if float(post["ts"]) >= since]

    def history(self, at: str, answers: Collection[str], bot_user_id: str) -> tuple[Turn, ...]:
        """What people wrote before the question `at`, and every answer but its own `answers`.

        An answer to an earlier question may be younger than this question: the bot was still busy.
        """
        turns = []
        for post in self.messages:
            ts, question = post["ts"], asked.read(post)
            text = question.text if question else blocks.markdown_of(post)
            text = blocks.as_written(text, bot_user_id)
            if question:
                turns += [Turn("user", text)] if float(ts) < float(at) else []
            elif post.get("user") == bot_user_id and ts not in answers:
                turns.append(Turn("assistant", text))
            elif "bot_id" not in post and float(ts) < float(at):
                turns.append(Turn("user", text))
        return tuple(turn for turn in turns if turn.text)[-_TURNS:]
