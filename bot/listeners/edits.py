"""Someone edits or deletes a question in a channel: its answer follows, or ends.

The ingress notes these events past the queue, so nothing is registered here. Without this surface
Slack tells of edits in direct messages only. It tells of every message of the bot's channels
then; the ingress drops what is no change to a question.
"""

from slack_bolt import App

from bot.conversation.desk import HelpDesk
from bot.listeners.requirements import Requirements

REQUIREMENTS = Requirements(
    scopes=frozenset({"channels:history", "groups:history"}),
    events=frozenset({"message.channels", "message.groups"}),
)


def register(app: App, desk: HelpDesk) -> None:
    """Nothing of it reaches the worker."""
