"""What one person alone may see of the documents: by the user groups that Slack has them in.

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

_REMEMBERED_SECONDS = 300


class Groups:
    """Asks Slack no more often than every few minutes, and only where a document names a group."""

    def __init__(self, newest: Callable[[], KnowledgeSnapshot]) -> None:
        """`newest` tells what is known now."""
        self._newest = newest
        self._since = float("-inf")
        self._members: Mapping[str, frozenset[str]] = {}
        self._direct: dict[str, str] = {}
        """People's direct messages with the bot, which stay the same."""

    def permissions(self, slack: WebClient, user: str, channel: str = "") -> Permissions:
        """For what nobody but `user` will read; `channel` is where that is, if it is one.

        Where Slack does not tell, they are in no group, nor in somebody else's direct messages,
        whatever a request says of who writes there. Raises `AwsError`.
        """
        named = self._newest().index.groups
        groups = frozenset(named & self._of(slack, user)) if named else named
        if groups and channel.startswith("D") and channel != self._direct_of(slack, user):
            groups = frozenset()
        return Permissions(channel, groups)

    def _direct_of(self, slack: WebClient, user: str) -> str:
        """The channel of somebody's direct messages with the bot; empty where Slack tells none."""
        if user not in self._direct:
            try:
                opened = slack.conversations_open(users=user)
            except (SlackApiError, OSError) as error:
                _warn(error)
                return ""
            self._direct[user] = opened["channel"]["id"]
        return self._direct[user]

    def _of(self, slack: WebClient, user: str) -> frozenset[str]:
        now = time.monotonic()
        if now - self._since > _REMEMBERED_SECONDS:
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
    """Who is in which group: of all groups in one call, since Slack takes 20 a minute."""
    listed = slack.usergroups_list(include_users=True)["usergroups"]
    return {group["id"]: frozenset(group.get("users", ())) for group in listed}
