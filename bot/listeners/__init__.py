"""One module per Slack surface, each with `register(app, desk)` and what it `NEEDS` of Slack."""

from bot.listeners import agent, direct_messages, edits, home, mentions, retrying

SURFACES = (mentions, direct_messages, edits, retrying, agent, home)
