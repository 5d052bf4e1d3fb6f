"""Suggested prompts of the agent's pane: questions about the channel in view, or any document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.answering.quoting.suggestions import Suggestion, suggestions
from bot.answering.retrieval.index import Index
from bot.slack.client import error_code

PROMPTS = 4
"""Slack's limit: https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts."""

_TITLE = 80
_WITHOUT_DOCUMENTS = Suggestion("What can you help with?", "What can you help with?")
_HIDDEN = ("channel_not_found", "missing_scope")
"""A channel that is private, or another company's: its name is none of the bot's business."""


@dataclass(frozen=True, slots=True)
class Pane:
    """One person's pane: `channel` holds its conversation, `viewed_channel` is beside it."""

    user: str
    channel: str
    viewed_channel: str = ""

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Self:
        entities = event.get("context", {}).get("entities", ())
        channels = (e["value"] for e in entities if e["type"] == "slack#/types/channel_id")
        return cls(event["user"], event["channel"], next(channels, ""))


def suggest(slack: WebClient, index: Index, pane: Pane) -> None:
    """Offer questions that the documents answer, or one about the bot if there are none.

    Slack shows the last offer until there is another, even if its documents are gone by then.
    """
    name, subject = _subject(slack, pane.viewed_channel) if pane.viewed_channel else ("", "")
    offers = suggestions(index, PROMPTS, subject) or [_WITHOUT_DOCUMENTS]
    slack.assistant_threads_setSuggestedPrompts(
        channel_id=pane.channel,
        title=f"Questions that fit #{name}" if name else "Questions to begin with",
        prompts=[{"title": offer.title[:_TITLE], "message": offer.question} for offer in offers],
    )


def _subject(slack: WebClient, channel: str) -> tuple[str, str]:
    """A channel's name, and its topic and purpose as a query; empty if it is not public."""
    try:
        about: dict[str, Any] = slack.conversations_info(channel=channel)["channel"]
    except SlackApiError as error:
        if error_code(error) not in _HIDDEN:
            raise
        return "", ""
    name = about.get("name", "")
    texts = (about.get(part, {}).get("value", "") for part in ("topic", "purpose"))
    return name, " ".join([name.replace("-", " ").replace("_", " "), *texts])
