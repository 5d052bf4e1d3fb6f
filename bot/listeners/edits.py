"""Someone edits or deletes a question in a channel: its answer follows, or ends.

The ingress saves these events itself, so nothing is registered here. Without this surface Slack
sends edits in direct messages only. With it Slack sends every message of the bot's channels; the
ingress drops those that change no question.
"""

from slack_bolt import App

from bot.conversation.desk import HelpDesk
from bot.listeners.requirements import Requirements

REQUIREMENTS = Requirements(
    scopes=frozenset({"channels:history", "groups:history"}),
    events=frozenset({"message.channels", "message.groups"}),
)


def register(app: App, desk: HelpDesk) -> None:
    """Register nothing: these events do not reach the worker."""
