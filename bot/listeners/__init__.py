"""One module per Slack surface, each with `register(app, desk)` and what it `NEEDS` of Slack."""

from bot.listeners import direct_messages, mentions, retrying

SURFACES = (mentions, direct_messages, retrying)
