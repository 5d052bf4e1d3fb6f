"""One module per Slack surface, each with `register(app, desk)` and its `REQUIREMENTS` of Slack."""

from bot.listeners import (
    agent,
    commands,
    direct_messages,
    edits,
    feedback,
    forgetting,
    home,
    lifecycle,
    mentions,
    posted,
    retrying,
    shortcuts,
    sources,
)

SURFACES = (
    mentions,
    direct_messages,
    agent,
    commands,
    shortcuts,
    posted,
    edits,
    retrying,
    feedback,
    sources,
    home,
    forgetting,
    lifecycle,
)
