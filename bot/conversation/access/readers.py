"""Who can read an answer, and so which documents it may use; see docs/decisions/0037."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.answering.events import Question
from bot.answering.quoting.term_overlap import suffices
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.permissions import Permissions
from bot.answering.retrieval.query import query_of
from bot.conversation.access.authors import Authors
from bot.conversation.access.groups import Groups
from bot.conversation.access.guests import Guests
from bot.conversation.access.policy import AccessPolicy
from bot.conversation.message import Message
from bot.runtime.cells import ReaderPolicy
from bot.runtime.log import log
from bot.slack.client import error_code

_PASSAGES = 6
"""As many as a search gives the model."""


class Readers:
    """Decides which documents an answer may use. `index` gives the newest index."""

    def __init__(
        self,
        policy: ReaderPolicy,
        team: str,
        access_policy: AccessPolicy,
        groups: Groups,
        index: Callable[[], Index],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._policy, self._team = policy, team
        self._access_policy, self._groups, self._index = access_policy, groups, index
        self._guests = Guests(team, clock)

    def alone(self, slack: WebClient, user: str, channel: str = "") -> Permissions:
        """Permissions of a person who may ask, for an answer that nobody else reads.

        `channel` is where they ask. Raises `AwsError`.
        """
        permissions = self._groups.permissions(slack, user, channel)
        return replace(
            permissions,
            outsiders=self.is_outsider(slack, user),
            unmarked_public=self._policy.documents_public,
        )

    def is_outsider(self, slack: WebClient, user: str) -> bool:
        """Whether a person who may ask counts as one from outside."""
        return self._access_policy.is_outsider(slack, user, self._policy.guests_read_along)

    def authors(self, slack: WebClient) -> Authors:
        """Names of people, and who of them is from outside."""
        return Authors(slack, self._access_policy, self._policy.guests_read_along)

    def in_channel(self, slack: WebClient, message: Message, question: Question) -> Permissions:
        """Permissions of all who read a channel, for a question there. Raises `AwsError`."""
        outside = self.outside(message.channel)
        inside = replace(outside, outsiders=False)
        if self.is_shared(slack, message):
            return outside
        if not self._policy.guests_read_along:
            return inside
        hits = self._index().visible_to(inside).search(query_of(question), _PASSAGES)
        if all(hit.passage.audience.admits(outside) for hit in hits):
            return outside  # every hit is public: no need to look up the members
        return outside if self._guests.are_in(slack, message.channel) else inside

    def outside(self, channel: str) -> Permissions:
        """Permissions of a channel that people from outside can read."""
        unmarked = self._policy.documents_public
        return Permissions(channel, outsiders=True, unmarked_public=unmarked)

    def need_more(
        self, slack: WebClient, message: Message, question: Question, here: Permissions
    ) -> bool:
        """Whether the asker may read documents that answer, and the readers `here` may not.

        Raises `AwsError`.
        """
        alone = self.alone(slack, message.user, message.channel)
        if not here.outsiders or alone.outsiders:
            return False
        return not suffices(self._index().visible_to(alone), query_of(question), here)

    def is_shared(self, slack: WebClient, message: Message) -> bool:
        """Whether another company is in a channel, by the event or else by conversations.info.

        True where Slack does not answer.
        """
        if message.shared is not None:
            return message.shared
        try:
            channel: Mapping[str, Any] = slack.conversations_info(channel=message.channel)[
                "channel"
            ]
        except (SlackApiError, OSError) as error:
            why = error_code(error) if isinstance(error, SlackApiError) else ""
            log("readers_unknown", "WARNING", why=why or type(error).__name__)
            return True
        return is_shared(channel, self._team)


def is_shared(channel: Mapping[str, Any], team: str) -> bool:
    """Whether another company is in a channel, or invited; `channel` is Slack's object.

    Within an organisation `is_shared` and `is_org_shared` are true, and `is_ext_shared` is not:
    https://docs.slack.dev/reference/objects/conversation-object.
    """
    ours = {team, channel.get("context_team_id"), *(channel.get("internal_team_ids") or ())}
    return (
        channel.get("is_ext_shared") is not False
        or bool(channel.get("is_pending_ext_shared"))
        or bool(channel.get("is_shared") and not channel.get("is_org_shared"))
        or not ours.issuperset(channel.get("connected_team_ids") or ())
    )
