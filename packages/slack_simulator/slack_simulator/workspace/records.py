"""Records of the app's calls and of the deliveries to it, for tests and the page."""

import time
from dataclasses import dataclass, field, fields

from slack_simulator.shapes import Json


@dataclass(slots=True)
class Call:
    """One Web API call. `duration` is in milliseconds; `status` 0 is a dropped connection."""

    id: int
    method: str
    args: Json
    started: float = field(default_factory=time.time)
    duration: float = 0.0
    status: int = 0
    ok: bool = False
    error: str | None = None
    fault: str | None = None
    response: Json = field(default_factory=dict)

    def as_json(self) -> Json:
        return _as_json(self)


@dataclass(slots=True)
class Delivery:
    """One attempt to deliver. `status` None is no answer (yet, or never: see `error`)."""

    id: int
    kind: str
    type: str
    key: str
    attempt: int
    url: str
    headers: dict[str, str]
    body: Json
    reason: str | None = None
    started: float = field(default_factory=time.time)
    duration: float = 0.0
    status: int | None = None
    ok: bool = False
    done: bool = False
    error: str | None = None
    fault: str | None = None
    response: str = ""

    def as_json(self) -> Json:
        return _as_json(self)


def _as_json(record: Call | Delivery) -> Json:
    """The fields, not copied: what a record holds is not changed once it is written down."""
    return {field.name: getattr(record, field.name) for field in fields(record)}
