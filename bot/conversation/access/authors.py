"""The authors of messages: what they are called, and who of them is from outside."""

from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.conversation.access.policy import AccessPolicy

SOMEONE = "someone"


@dataclass(frozen=True, slots=True)
class Authors:
    """Names of authors, and who is from outside. With `guests` guests are."""

    slack: WebClient
    access_policy: AccessPolicy
    guests: bool

    def may_ask(self, user: str) -> bool:
        """Whether somebody may ask at all; False where Slack does not answer."""
        try:
            return self.access_policy.refusal(self.slack, "", user, anywhere=True) is None
        except (SlackApiError, OSError):
            return False

    def is_outside(self, user: str) -> bool:
        return self.access_policy.writes_from_outside(self.slack, user, self.guests)

    def name(self, user: str) -> str:
        return self.access_policy.name(self.slack, user) or SOMEONE
