"""Who may ask: the environment's row decides, by what Slack says of a person."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.runtime.cells import Access
from bot.slack.client import error_code

STRANGER = (
    "Sorry, I only answer people of the company that I belong to. Please ask somebody you know"
    " there: they can ask me for you."
)
GUEST = (
    "Sorry, I don't answer guests of this workspace. Please ask whoever invited you here: they can"
    " ask me for you."
)
ELSEWHERE = (
    "Sorry, I don't answer in this channel. Please ask me in a direct message; the people who look"
    " after me know which channels I am for."
)
NOT_LISTED = (
    "Sorry, I only answer some people of this workspace so far. Please ask whoever looks after me"
    " to let you in."
)
ANSWERED_DIRECTLY = (
    "I answer this in a direct message to you, since people from outside read along here."
)
_CACHE_SECONDS = 300
_INVISIBLE = ("user_not_found", "user_not_visible")


@dataclass(frozen=True, slots=True)
class _Person:
    """What is cached of a person. `refusal` says why they may not ask; None where they may."""

    looked_up: float
    refusal: str | None
    seconds_east: int
    name: str
    stranger: bool
    guest: bool


class AccessPolicy:
    """Asks Slack about a person at most every five minutes, and only where it matters."""

    def __init__(self, access: Access, team: str) -> None:
        self._access, self._team = access, team
        self._people: dict[str, _Person] = {}

    def refusal(
        self, slack: WebClient, channel: str, user: str, *, anywhere: bool = False
    ) -> str | None:
        """What to say to somebody who may not ask in `channel`; None where they may.

        With `anywhere` the channel does not count. Raises `SlackApiError` or OSError where Slack
        does not answer: a failure lets nobody in.
        """
        access = self._access
        if (
            access.ask_channels
            and not anywhere
            and not channel.startswith("D")
            and channel not in access.ask_channels
        ):
            return ELSEWHERE
        if user in access.ask_people:
            return None
        if access.ask_people:
            return NOT_LISTED
        if access.ask_guests and access.ask_strangers:
            return None
        return self._person(slack, user).refusal

    def is_outsider(self, slack: WebClient, user: str, guests: bool) -> bool:
        """Whether somebody who may ask is of another company, or with `guests` a guest.

        True where Slack does not answer.
        """
        access = self._access
        if not (access.ask_people or access.ask_strangers or (guests and access.ask_guests)):
            return False
        try:
            person = self._person(slack, user)
        except (SlackApiError, OSError):
            return True
        return person.stranger or (guests and person.guest)

    def writes_from_outside(self, slack: WebClient, user: str, guests: bool) -> bool:
        """The same of anybody. Guests who may not ask count as outsiders, too."""
        try:
            person = self._person(slack, user)
        except (SlackApiError, OSError):
            return True
        return person.stranger or (person.guest and (guests or not self._access.ask_guests))

    def name(self, slack: WebClient, user: str) -> str:
        """A person's name; empty where Slack does not answer."""
        try:
            return self._person(slack, user).name
        except (SlackApiError, OSError):
            return ""

    def now(self, slack: WebClient, user: str) -> datetime:
        """The time in a person's time zone; in UTC where Slack does not answer."""
        try:
            east = self._person(slack, user).seconds_east
        except (SlackApiError, OSError):
            east = 0
        return datetime.now(timezone(timedelta(seconds=east)))

    def _person(self, slack: WebClient, user: str) -> _Person:
        cached, now = self._people.get(user), time.monotonic()
        if cached is None or now - cached.looked_up > _CACHE_SECONDS:
            user_object = _look_up(slack, user)
            cached = _Person(
                looked_up=now,
                refusal=self._judge(user_object),
                seconds_east=int(user_object.get("tz_offset") or 0),
                name=_name_of(user_object),
                stranger=is_stranger(user_object, self._team),
                guest=is_guest(user_object),
            )
            self._people[user] = cached
        return cached

    def _judge(self, person: Mapping[str, Any]) -> str | None:
        if is_stranger(person, self._team):
            return None if self._access.ask_strangers else STRANGER
        if is_guest(person):
            return None if self._access.ask_guests else GUEST
        return None


def _look_up(slack: WebClient, user: str) -> Mapping[str, Any]:
    """Slack's user object; an empty one for people of other companies, whom Slack may hide."""
    try:
        person: Mapping[str, Any] = slack.users_info(user=user)["user"]
    except SlackApiError as error:
        if error_code(error) in _INVISIBLE:
            return {}
        raise
    return person


def _name_of(person: Mapping[str, Any]) -> str:
    profile = person.get("profile") or {}
    return str(profile.get("real_name") or person.get("real_name") or person.get("name") or "")


def is_guest(person: Mapping[str, Any]) -> bool:
    """Multi-channel guests are `is_restricted`, single-channel ones `is_ultra_restricted` as well.

    See https://docs.slack.dev/reference/objects/user-object.
    """
    return bool(person.get("is_restricted") or person.get("is_ultra_restricted"))


def is_stranger(person: Mapping[str, Any], team: str) -> bool:
    """Whether a person belongs to another company than the workspace `team`.

    In an organisation people may belong to several workspaces (`enterprise_user.teams`).
    """
    teams = {person.get("team_id"), *person.get("enterprise_user", {}).get("teams", ())}
    return bool(person.get("is_stranger")) or team not in teams
