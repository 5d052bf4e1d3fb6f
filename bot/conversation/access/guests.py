"""Whether guests are in a channel: Slack has no field for it, so its members are looked up."""

import time
from collections.abc import Callable, Mapping
from itertools import chain

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.conversation.access.policy import is_guest, is_stranger
from bot.runtime.log import log
from bot.slack.client import error_code

_PEOPLE_SECONDS = 3_600
"""Slack allows about 20 calls of `users.list` a minute, a page of people each (tier 2)."""
_MEMBERS_SECONDS = 600
_PAGE = 999
"""The largest `limit` of https://docs.slack.dev/reference/methods/conversations.members."""


class Guests:
    """Caches who is a guest for an hour, and who is in a channel for ten minutes."""

    def __init__(self, team: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._team, self._clock = team, clock
        self._outsiders: tuple[float, Mapping[str, bool]] = float("-inf"), {}
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    def are_in(self, slack: WebClient, channel: str) -> bool:
        """Whether a channel has guests or strangers as members, or people not in `users.list`.

        True where Slack does not answer.
        """
        try:
            members = self._members_of(slack, channel)
            outsiders = self._people(slack)
        except (SlackApiError, OSError) as error:
            why = error_code(error) if isinstance(error, SlackApiError) else ""
            log("readers_unknown", "WARNING", why=why or type(error).__name__)
            return True
        return any(outsiders.get(member, True) for member in members)

    def _people(self, slack: WebClient) -> Mapping[str, bool]:
        """Whether each person of the workspace counts as an outsider, by their ids."""
        since, outsiders = self._outsiders
        now = self._clock()
        if now - since >= _PEOPLE_SECONDS:
            pages = slack.users_list(limit=_PAGE)
            people = chain.from_iterable(page["members"] for page in pages)
            outsiders = {
                person["id"]: is_guest(person) or is_stranger(person, self._team)
                for person in people
            }
            self._outsiders = now, outsiders
        return outsiders

    def _members_of(self, slack: WebClient, channel: str) -> frozenset[str]:
        since, members = self._members.get(channel, (float("-inf"), frozenset()))
        now = self._clock()
        if now - since >= _MEMBERS_SECONDS:
            pages = slack.conversations_members(channel=channel, limit=_PAGE)
            members = frozenset(chain.from_iterable(page["members"] for page in pages))
            self._members[channel] = now, members
        return members
