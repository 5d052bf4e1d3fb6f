"""What expires soon: trigger ids, by which modals open, and response URLs, for answers.

See https://docs.slack.dev/interactivity/handling-user-interaction
"""

import secrets
import time
from dataclasses import dataclass

from slack_simulator.rules.limits import Limits
from slack_simulator.workspace.clock import Clock


@dataclass(slots=True)
class Trigger:
    user: str
    born: float
    used: bool = False
    view: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer to an interaction goes: to a person in a channel, or over a message."""

    user: str
    channel: str
    message_ts: str | None = None


@dataclass(slots=True)
class ResponseUrl:
    place: Place
    born: float
    uses: int = 0


class Tickets:
    def __init__(self, clock: Clock, limits: Limits) -> None:
        self._clock = clock
        self._limits = limits
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def trigger(self, user: str, view: str | None = None) -> str:
        """A trigger id; `view` is the modal it came from, to be pushed upon."""
        trigger_id = f"{time.time_ns()}.{secrets.randbelow(10**9)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, time.monotonic(), view=view)
        return trigger_id

    def take_trigger(self, trigger_id: str) -> Trigger | str:
        """The trigger, now used up, or Slack's name for what is wrong with it."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            return "invalid_trigger_id"
        if time.monotonic() - trigger.born > self._limits["trigger_seconds"]:
            return "expired_trigger_id"
        if trigger.used:
            return "exchanged_trigger_id"
        trigger.used = True
        return trigger

    def response_url(self, place: Place) -> str:
        """The last part of a response URL."""
        key = secrets.token_hex(12)
        self._urls[key] = ResponseUrl(place, self._clock.now())
        return key

    def use_response_url(self, key: str) -> Place | str:
        """The place it leads to, one use fewer left, or Slack's word for what is wrong."""
        url = self._urls.get(key)
        if url is None:
            return "invalid_url"
        if self._clock.now() - url.born > self._limits["response_url_seconds"]:
            return "expired_url"
        if url.uses >= self._limits["response_url_uses"]:
            return "used_url"
        url.uses += 1
        return url.place
