"""What people ask without a message of their own: by a command, or in the form about a message."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from bot.slack.ui import blocks
from bot.slack.ui.message_reference import MessageReference

_ABOUT = "\n\nThe message that this is about:\n"
_LONGEST = 9_000
"""Characters of a question that is posted: Slack takes about 13,000 in all blocks of a message."""


@dataclass(frozen=True, slots=True)
class UnpostedQuestion:
    """What a person asked without a message. `once` tells it from every other inquiry.

    `response_url` shows a word to the person alone; `about` is the message that it is about.
    """

    once: str
    team: str
    channel: str
    user: str
    text: str
    response_url: str = ""
    about: MessageReference | None = None

    @property
    def identity(self) -> str:
        """By this it is claimed."""
        return f"{self.team}:{self.channel}:post-{self.once}"

    @classmethod
    def from_command(cls, body: Mapping[str, str], team: str) -> Self:
        return cls(
            once=_hash(body["trigger_id"]),
            team=team,
            channel=body["channel_id"],
            user=body["user_id"],
            text=body["text"],
            response_url=body["response_url"],
        )

    @classmethod
    def from_form(cls, form: str, about: MessageReference, user: str, team: str, text: str) -> Self:
        """`form` is the form's id: however often it is sent, it asks one question."""
        return cls(_hash(form), team, about.channel, user, text, about=about)

    @property
    def question(self) -> str:
        """The question in Slack's own escapes, cut where no message holds it: it pings nobody.

        Whether Slack escapes what it sends of a command or a form, it does not say.
        """
        text = blocks.as_written(self.text, "")
        while len(escaped := blocks.harmless(text)) > _LONGEST:
            text = f"{text[: len(text) * 9 // 10]}\u2026"
        return escaped

    @property
    def whole(self) -> str:
        """All of the question, and the message that it is about."""
        question = blocks.harmless(blocks.as_written(self.text, ""))
        if not self.about or not self.about.text:
            return question
        quoted = blocks.harmless(self.about.text)
        return f"{question}{_ABOUT}{quoted}"


def own_words(whole: str) -> str:
    """A question without the message that it is about: that is somebody else's, and not kept."""
    return whole.partition(_ABOUT)[0]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
