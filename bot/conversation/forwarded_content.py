"""Text in a message that its author did not write: forwarded messages, and apps' posts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

_TEXTS = ("pretext", "title", "text")
_FIELDS = ("title", "value")


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A forwarded text. `user` is its author's id; empty where Slack does not say."""

    user: str
    name: str
    text: str

    @classmethod
    def from_attachment(cls, attachment: Mapping[str, Any]) -> Self:
        """Slack forwards a message as an attachment with `author_id` (and `is_share`, `from_url`).

        See https://docs.slack.dev/reference/events/message/#message_attachments.
        """
        parts = [str(attachment.get(name) or "") for name in _TEXTS]
        fields = attachment.get("fields") or ()
        parts += [": ".join(str(field.get(name) or "") for name in _FIELDS) for field in fields]
        if not any(parts):
            parts = [str(attachment.get("fallback") or "")]
        return cls(
            str(attachment.get("author_id") or ""),
            str(attachment.get("author_name") or attachment.get("service_name") or ""),
            "\n".join(filter(None, parts)),
        )


def forwarded(message: Mapping[str, Any]) -> tuple[Forwarded, ...]:
    """The messages that were forwarded with `message`, which an event or a thread has.

    Previews of links are left out: nobody has asked about them.
    """
    shared = (a for a in _attachments(message) if a.get("is_share") or a.get("is_msg_unfurl"))
    texts = map(Forwarded.from_attachment, shared)
    return tuple(text for text in texts if text.text)


def text_of_app(message: Mapping[str, Any]) -> str:
    """The text of another app's post, or else that of its blocks; and that of its attachments."""
    text = str(message.get("text") or "") or "\n".join(_texts(message.get("blocks")))
    parts = [text, *(Forwarded.from_attachment(a).text for a in _attachments(message))]
    return "\n".join(filter(None, parts))


def _attachments(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    attachments = message.get("attachments") or ()
    return [attachment for attachment in attachments if isinstance(attachment, Mapping)]


def _texts(part: Any) -> Iterator[str]:
    """The texts of blocks, however deep they are nested."""
    if isinstance(part, list):
        for inner in part:
            yield from _texts(inner)
    elif isinstance(part, Mapping):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for inner in part.values():
            yield from _texts(inner)
