"""What one person alone may see of the documents, by their user groups in Slack.

See docs/decisions/0028.
"""

import time
from collections.abc import Callable, Mapping

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.answering.retrieval.permissions import Permissions
from bot.conversation.knowledge import KnowledgeSnapshot
from bot.runtime.log import log
from bot.slack.client import error_code

_CACHE_SECONDS = 300


class Groups:
    """Asks Slack at most every five minutes, and only where a document is limited to a group."""

    def __init__(self, newest: Callable[[], KnowledgeSnapshot]) -> None:
        """`newest` gives the newest documents."""
        self._newest = newest
        self._since = float("-inf")
        self._members: Mapping[str, frozenset[str]] = {}
        self._direct: dict[str, str] = {}
        """The channel of each person's direct messages with the bot, which never changes."""

    def permissions(self, slack: WebClient, user: str, channel: str = "") -> Permissions:
        """Permissions for what nobody but `user` will read; `channel` is where, if it is one.

        Without groups where Slack does not answer, and in direct messages that are not theirs,
        whoever a request names as their author. Raises `AwsError`.
        """
        indexed = self._newest().index.groups
        groups = frozenset(indexed & self._of(slack, user)) if indexed else indexed
        if groups and channel.startswith("D") and channel != self._direct_of(slack, user):
            groups = frozenset()
        return Permissions(channel, groups)

    def _direct_of(self, slack: WebClient, user: str) -> str:
        """The channel of a person's direct messages with the bot; empty where Slack gives none."""
        if user not in self._direct:
            try:
                response = slack.conversations_open(users=user)
            except (SlackApiError, OSError) as error:
                _warn(error)
                return ""
            self._direct[user] = response["channel"]["id"]
        return self._direct[user]

    def _of(self, slack: WebClient, user: str) -> frozenset[str]:
        now = time.monotonic()
        if now - self._since > _CACHE_SECONDS:
            try:
                self._members = _look_up(slack)
            except (SlackApiError, OSError) as error:
                _warn(error)
                return frozenset()
            self._since = now
        return frozenset(group for group, users in self._members.items() if user in users)


def _warn(error: SlackApiError | OSError) -> None:
    why = error_code(error) if isinstance(error, SlackApiError) else ""
    log("groups_unknown", "WARNING", why=why or type(error).__name__)


def _look_up(slack: WebClient) -> dict[str, frozenset[str]]:
    """The members of all groups in one call: usergroups.list is limited to 20 a minute (tier 2).

    See https://docs.slack.dev/reference/methods/usergroups.list.
    """
    groups = slack.usergroups_list(include_users=True)["usergroups"]
    return {group["id"]: frozenset(group.get("users", ())) for group in groups}
