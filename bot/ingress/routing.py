"""Decides what becomes of a request that Slack signed: dropped, noted in the table, or queued.

What counts as one question, and what may pass it by, is in docs/decisions/0003.
"""

from __future__ import annotations

import re

from bot.runtime.deduplication_key import authorizations_of, part_of, place_of, text_of, ts_of
from bot.runtime.request import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_ANSWERED = {"", "file_share", "thread_broadcast"}
"""Subtypes of messages that people write: https://docs.slack.dev/reference/events/message."""

_CHANGES = {"message_changed", "message_deleted"}
_POSTED_QUESTION = "question_posted"
"""The type of event that the worker queues for itself (bot/conversation/post_question.py); one
that comes from outside is dropped."""


_WORD = re.compile(r"[a-z_]{1,40}")  # a subtype that may be logged: "channel_join"

_STOP_DAYS = 1
_CHANGE_DAYS = 15  # longer than the dead-letter queue keeps the question
_DAY = 86_400


def why_dropped(kind: str, body: Mapping[str, Any]) -> str | None:
    """Say why nobody will answer this, or return None if somebody will."""
    if kind == "other":
        return "another type of request"
    if kind != "event":
        return None
    event = body["event"]
    if event["type"] == _POSTED_QUESTION:
        return "not of Slack's"
    if event["type"] not in ("message", "app_mention"):
        return None
    subtype = text_of(event, "subtype")
    if event["type"] == "message" and subtype in _CHANGES:
        return _why_unchanged(body, event)
    if _by_bot(body, event):
        return "by a bot"
    if not text_of(event, "user"):
        return "by nobody"
    if subtype not in _ANSWERED:
        return f"subtype {subtype if _WORD.fullmatch(subtype) else 'unknown'}"
    if event["type"] == "message" and not _is_direct(event):
        return "app_mention answers it" if _mentions(body, event) else "no mention"
    return None


def note_of(kind: str, body: Mapping[str, Any], now: float) -> dict[str, Any] | None:
    """Return the table's item for an event that must not wait in the queue, if it is one.

    A stop would wait there behind the very answer that it is to stop, and so would an edit.
    """
    if kind != "event":
        return None
    event = body["event"]
    if event["type"] == "agent_session_stopped":
        return _item(
            f"stop#{place_of(body, event)}:{_stopped_thread(event)}", event, now, _STOP_DAYS
        )
    if event["type"] != "message" or text_of(event, "subtype") not in _CHANGES:
        return None
    before, after = _before_and_after(event)
    ts = ts_of(after, "ts") or ts_of(before, "ts") or ts_of(event, "deleted_ts")
    if not ts:
        raise Refused(400, "a change of no message")
    place, user = place_of(body, event), text_of(after, "user")
    return {
        **_item(f"change#{place}:{ts}", event, now, _CHANGE_DAYS),
        "deleted": {"BOOL": not after},
        "text": {"S": without_surrogates(text_of(after, "text"))},
        # By this it is found when people have deleted what is kept of them.
        **({"person": {"S": f"{place.partition(':')[0]}:{user}"}} if user else {}),
    }


def without_surrogates(text: str) -> str:
    """Replace halves of surrogate pairs, and what else XML and so SQS does not carry."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


def _why_unchanged(body: Mapping[str, Any], event: Mapping[str, Any]) -> str | None:
    before, after = _before_and_after(event)
    if _by_bot(body, before or after):
        return "by a bot"
    if not _is_direct(event) and not _mentions(body, before) and not _mentions(body, after):
        return "no mention"
    if after and text_of(before, "text") == text_of(after, "text"):
        return "same text"  # Slack shows a link's preview, or has seen the language
    return None


def _before_and_after(event: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return both states of a changed message; an empty one after it if it was deleted."""
    before, after = part_of(event, "previous_message"), part_of(event, "message")
    # A deleted message that has replies leaves a tombstone in its place.
    deleted = event["subtype"] == "message_deleted" or after.get("subtype") == "tombstone"
    return before, {} if deleted else after


def _item(key: str, event: Mapping[str, Any], now: float, days: int) -> dict[str, Any]:
    return {
        "pk": {"S": key},
        "at": {"N": ts_of(event, "event_ts") or f"{now:.6f}"},
        "ttl": {"N": str(int(now) + days * _DAY)},
    }


def _stopped_thread(event: Mapping[str, Any]) -> str:
    """Return the thread; where Slack leaves it out, the first message that it stopped."""
    streams = event.get("streaming_message_ts")
    first = streams[0] if isinstance(streams, list) and streams else None
    thread = ts_of(event, "thread_ts") or ts_of({"ts": first}, "ts")
    if not thread:
        raise Refused(400, "a stop of no thread")
    return thread


def _by_bot(body: Mapping[str, Any], message: Mapping[str, Any]) -> bool:
    user = message.get("user")
    return bool(
        message.get("bot_id")
        or message.get("subtype") == "bot_message"
        or user == "USLACKBOT"
        or user in _own_users(body)
    )


def _mentions(body: Mapping[str, Any], message: Mapping[str, Any]) -> bool:
    text = text_of(message, "text")
    return any(f"<@{user}>" in text or f"<@{user}|" in text for user in _own_users(body))


def _own_users(body: Mapping[str, Any]) -> list[str]:
    return [text_of(entry, "user_id") for entry in authorizations_of(body) if entry.get("is_bot")]


def _is_direct(event: Mapping[str, Any]) -> bool:
    return event.get("channel_type") == "im" or text_of(event, "channel").startswith("D")
