"""Slack's Web API: the methods, a module for each family."""

from slack_simulator.web_api import (
    agents,
    apps,
    chat,
    conversations,
    files,
    misc,
    oauth,
    streams,
    usergroups,
    users,
    views,
)
from slack_simulator.web_api.registry import Method

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **streams.METHODS,
    **agents.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **usergroups.METHODS,
    **users.METHODS,
    **views.METHODS,
    **misc.METHODS,
    **apps.METHODS,
    **oauth.METHODS,
}
