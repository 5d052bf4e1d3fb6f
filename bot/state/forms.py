"""Saves what a modal is about for a day. Slack's payloads carry only the form's random id.

A form can be read only for the person whom it was opened for.
"""

import secrets
import time
from collections.abc import Mapping

from bot.state.table import DAY, Table, plain

_DAYS = 1
PREFIX = "form#"


def open_form(table: Table, person: str, values: Mapping[str, str]) -> str:
    """Save `values` for a person ("team:user") for a day; returns the form's id."""
    form_id = secrets.token_urlsafe(24)
    now = time.time()
    item = {"person": person, "at": now, "ttl": int(now) + _DAYS * DAY, "values": values}
    table.put(f"{PREFIX}{form_id}", item)
    return form_id


def find_form(table: Table, form_id: str, person: str) -> Mapping[str, str]:
    """The values of that form; empty if it is another person's or has expired."""
    item = plain(table.item(f"{PREFIX}{form_id}")) if form_id else {}
    if not item or item["person"] != person or item["ttl"] <= time.time():
        return {}
    values: Mapping[str, str] = item["values"]
    return values
