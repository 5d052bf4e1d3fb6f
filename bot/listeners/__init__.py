"""One module per Slack surface, each with `register(app, desk)` and what it `NEEDS` of Slack."""

from bot.listeners import agent, direct_messages, home, mentions, retrying

SURFACES = (mentions, direct_messages, retrying, agent, home)
