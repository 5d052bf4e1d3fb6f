"""What the control API tells, as values for tests and commands."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from slack_simulator.shapes import Json


@dataclass(frozen=True, slots=True)
class _FromJson:
    """A value of the control API; what it has no field for is left out."""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(**{field.name: values[field.name] for field in fields(cls)})


@dataclass(frozen=True, slots=True)
class Posted(_FromJson):
    """Where a message is: for a new thread, `ts` is its root."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Message(_FromJson):
    """A message as people see it; `text` is what is visible, `fallback` what was passed as text."""

    ts: str
    channel: str
    user: str
    name: str
    bot: bool
    thread_ts: str | None
    text: str
    fallback: str
    blocks: list[Json]
    attachments: list[Json]
    files: list[Json]
    subtype: str | None
    streaming: bool
    stream: str | None
    tasks: list[Json]
    sources: list[Json]
    pings: list[str]
    reactions: list[Json]
    edited: bool
    deleted: bool
    ephemeral_to: str | None
    metadata: Json | None
    versions: list[Json]
    reply_count: int
    at: float


@dataclass(frozen=True, slots=True)
class Call(_FromJson):
    """A Web API call; `started` in epoch seconds, `duration` in milliseconds."""

    id: int
    method: str
    args: Json
    started: float
    duration: float
    status: int
    ok: bool
    error: str | None
    fault: str | None
    response: Json


@dataclass(frozen=True, slots=True)
class Delivery(_FromJson):
    """One attempt to deliver; times as in Call. `key` is the event id or the trigger id."""

    id: int
    kind: str
    type: str
    key: str
    attempt: int
    reason: str | None
    url: str
    headers: dict[str, str]
    body: Json
    started: float
    duration: float
    status: int | None
    ok: bool
    done: bool
    error: str | None
    fault: str | None
    response: str
