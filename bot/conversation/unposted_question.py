"""A question that has no message in Slack yet: from a command, or the form about a message."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from bot.slack.ui import blocks
from bot.slack.ui.message_reference import MessageReference

_REFERENCE_LINE = "\n\nThe message that this is about:\n"
_LONGEST_POST = 9_000
"""Characters of a question that is posted: Slack takes about 13,000 in all blocks of a message."""


@dataclass(frozen=True, slots=True)
class UnpostedQuestion:
    """What a person asked without a message. `id` is unique among these questions.

    By `response_url` the bot answers privately; the question is about the message of `reference`.
    """

    id: str
    team: str
    channel: str
    user: str
    text: str
    response_url: str = ""
    reference: MessageReference | None = None

    @property
    def identity(self) -> str:
        """What it is claimed by: "team:channel:post-id"."""
        return f"{self.team}:{self.channel}:post-{self.id}"

    @classmethod
    def from_command(cls, body: Mapping[str, str], team: str) -> Self:
        return cls(
            id=_hash(body["trigger_id"]),
            team=team,
            channel=body["channel_id"],
            user=body["user_id"],
            text=body["text"],
            response_url=body["response_url"],
        )

    @classmethod
    def from_form(
        cls, form: str, reference: MessageReference, user: str, team: str, text: str
    ) -> Self:
        """`form` is the form's id: however often it is sent, it asks one question."""
        return cls(_hash(form), team, reference.channel, user, text, reference=reference)

    @property
    def post_text(self) -> str:
        """The question in Slack's escapes, cut to what a message takes; it notifies nobody.

        Slack does not document whether the text of a command or a form comes escaped.
        """
        text = blocks.as_written(self.text, "")
        while len(escaped := blocks.harmless(text)) > _LONGEST_POST:
            text = f"{text[: len(text) * 9 // 10]}\u2026"
        return escaped

    @property
    def full_text(self) -> str:
        """The question uncut, and the message that it is about."""
        question = blocks.harmless(blocks.as_written(self.text, ""))
        if not self.reference or not self.reference.text:
            return question
        return f"{question}{_REFERENCE_LINE}{blocks.harmless(self.reference.text)}"


def own_words(full_text: str) -> str:
    """A question without the message that it is about: that is somebody else's, and not saved."""
    return full_text.partition(_REFERENCE_LINE)[0]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
