"""Translates a model's Markdown for Slack, and divides it among messages that Slack accepts.

`SlackMarkdown` translates a text while it streams, `Parts` divides it among messages. Neither
knows of Slack's Web API. What Slack draws and what it leaves raw: docs/decisions/0012.
"""

from bot.markdown.escape import harmless
from bot.markdown.mrkdwn import mrkdwn
from bot.markdown.parts import PART_BYTES, Parts, roll_over
from bot.markdown.translator import SlackMarkdown

__all__ = ["PART_BYTES", "Parts", "SlackMarkdown", "harmless", "mrkdwn", "roll_over"]
