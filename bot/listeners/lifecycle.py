"""A workspace removes the app or its token: that is noted, and its people's data is deleted.

A new installation needs nothing here: see docs/decisions/0016.
"""

from typing import Any

from slack_bolt import App, BoltContext

from bot.conversation.desk import HelpDesk
from bot.conversation.erasure import erase_workspace
from bot.listeners.requirements import Requirements
from bot.runtime.log import log
from bot.state.changes import note_removal

REQUIREMENTS = Requirements(events=frozenset({"app_uninstalled", "tokens_revoked"}))


def register(app: App, desk: HelpDesk) -> None:
    @app.event("app_uninstalled")
    def forget(context: BoltContext, body: dict[str, Any], event: dict[str, Any]) -> None:
        # Slack documents no `event_ts` for this event, but `event_time` for every envelope:
        # https://docs.slack.dev/reference/events/app_uninstalled
        team, at = context["team_id"], float(event.get("event_ts") or body["event_time"])
        table, dead_letters = desk.dependencies.table, desk.dependencies.dead_letters
        note_removal(table, team, at)
        deleted = erase_workspace(table, dead_letters, team, until=at)
        log("uninstalled", "ERROR", team=team, deleted=deleted)

    @app.event("tokens_revoked")
    def warn(body: dict[str, Any], event: dict[str, Any]) -> None:
        log("tokens_revoked", "ERROR", team=body["team_id"], bots=event["tokens"].get("bot"))
