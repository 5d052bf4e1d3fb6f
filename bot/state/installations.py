"""Remembers which workspaces have removed the app, and when."""

import time

from bot.state.table import DAY, Table, plain

_DAYS = 30
"""Longer than the dead-letter queue keeps a question (14 days)."""


def note_removal(table: Table, team: str, at: float) -> None:
    """Save that a workspace removed the app at `at`, in epoch seconds by Slack's clock."""
    table.put(_key(team), {"removed": at, "ttl": int(time.time()) + _DAYS * DAY})


def removed_since(table: Table, team: str, ts: str) -> bool:
    """Whether a workspace has removed the app since the message `ts`.

    Slack sends no events of a workspace without the app. So a later message follows a new
    installation, which need not be saved.
    """
    return float(ts) <= removal_of(table, team)


def removal_of(table: Table, team: str) -> float:
    """When a workspace last removed the app, in epoch seconds; 0 if never."""
    noted = table.item(_key(team))
    return float(plain(noted)["removed"]) if noted else 0.0


def _key(team: str) -> str:
    return f"installation#{team}"
