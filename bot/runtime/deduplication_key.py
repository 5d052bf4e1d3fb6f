"""Names the question of a request, the group that keeps its order, and the key of its repeats."""

from __future__ import annotations

import hashlib
import re

from bot.runtime.request import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # "C0123ABCD", "T0123", "USLACKBOT"
_TS = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")  # "1700000000.123456"
_GROUP = re.compile(r"[!-~]{1,128}")  # "T1:C1:1700000000.123456"
"""What SQS takes as a message group: up to 128 letters, digits and punctuation marks. See
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html."""


def address(kind: str, body: Mapping[str, Any], raw: bytes) -> tuple[str | None, str, str]:
    """Return the question's id if it is one, the message group and the deduplication id.

    A group keeps its order; what has the same deduplication id within 5 minutes is accepted once.
    """
    if kind != "event":
        return None, _group(_interaction(body)), _hash(raw)
    event = body["event"]
    if event["type"] in ("message", "app_mention"):
        ts = ts_of(event, "ts")
        if not ts:
            raise Refused(400, "a message without ts")
        place = place_of(body, event)
        question = f"{place}:{ts}"
        return question, f"{place}:{ts_of(event, 'thread_ts') or ts}", _hash(question.encode())
    once = text_of(body, "event_id").encode(errors="replace") or raw
    # What one person does keeps its order: they open the pane, and then look elsewhere.
    owner = text_of(event, "user") or event["type"]
    return None, _group(f"{team_of(body)}:{owner}"), _hash(once)


def place_of(body: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """Return "team:channel" of an event. Raises `Refused`."""
    channel = text_of(event, "channel")
    if not _ID.fullmatch(channel):
        raise Refused(400, "no channel")
    return f"{team_of(body)}:{channel}"


def team_of(body: Mapping[str, Any]) -> str:
    """Return the workspace that the bot is installed in, found in the order in which Bolt looks.

    In a channel shared between companies `team_id` may be the other one's.
    """
    view, user = part_of(body, "view"), part_of(body, "user")
    candidates = (
        text_of(view, "app_installed_team_id"),
        text_of(part_of(body, "team"), "id"),
        *(text_of(entry, "team_id") for entry in authorizations_of(body)[:1]),
        text_of(body, "team_id"),
        text_of(user, "team_id"),
        text_of(view, "team_id"),
        text_of(body, "enterprise_id"),
        text_of(part_of(body, "enterprise"), "id"),
    )
    for team in candidates:
        if _ID.fullmatch(team):
            return team
    raise Refused(400, "no team")


def author_of(body: Mapping[str, Any]) -> str:
    """Return whose request it is, as "team:user". Raises `Refused` where it names no team."""
    user = (
        text_of(part_of(body, "event"), "user")
        or text_of(body, "user_id")
        or text_of(part_of(body, "user"), "id")
    )
    return f"{team_of(body)}:{user}"


def authorizations_of(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the installations that an event is for: only there the bot's own user id stands."""
    entries = body.get("authorizations")
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, dict)]


def part_of(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object's member that is an object, or an empty one."""
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def text_of(parent: Mapping[str, Any], name: str) -> str:
    """Return a member that is a string, or an empty one."""
    value = parent.get(name)
    return value if isinstance(value, str) else ""


def ts_of(parent: Mapping[str, Any], name: str) -> str:
    """Return a member that is a `ts` of Slack's, or an empty string."""
    value = text_of(parent, name)
    return value if _TS.fullmatch(value) else ""


def _interaction(body: Mapping[str, Any]) -> str:
    """Return the thread that a command or an interaction belongs to, or else what set it off."""
    message, container = part_of(body, "message"), part_of(body, "container")
    thread = (
        ts_of(message, "thread_ts")
        or ts_of(container, "thread_ts")
        or ts_of(message, "ts")
        or ts_of(container, "message_ts")
    )
    channel = text_of(part_of(body, "channel"), "id") or text_of(container, "channel_id")
    if thread and channel:
        return f"{team_of(body)}:{channel}:{thread}"
    user = text_of(body, "user_id") or text_of(part_of(body, "user"), "id")
    return f"{team_of(body)}:{user}:{text_of(body, 'trigger_id')}"


def _group(text: str) -> str:
    return text if _GROUP.fullmatch(text) else _hash(text.encode(errors="replace"))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
