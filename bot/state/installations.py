"""Which workspaces have removed the app, and when."""

import time

from bot.state.table import DAY, Table, plain

_DAYS = 30
"""Longer than the dead-letter queue keeps a question (14 days)."""


def note_removal(table: Table, team: str, at: float) -> None:
    """Remember that a workspace removed the app at `at`, in epoch seconds by Slack's clock."""
    table.put(_key(team), {"removed": at, "ttl": int(time.time()) + _DAYS * DAY})


def removed_since(table: Table, team: str, ts: str) -> bool:
    """Whether a workspace has removed the app since the message `ts`.

    Slack tells nothing of a workspace without the app: what was written later came after a new
    installation, which therefore needs no note.
    """
    return float(ts) <= removal_of(table, team)


def removal_of(table: Table, team: str) -> float:
    """When a workspace last removed the app, in epoch seconds; 0 where it never has."""
    noted = table.one(_key(team))
    return float(plain(noted)["removed"]) if noted else 0.0


def _key(team: str) -> str:
    return f"installation#{team}"
