"""Slack's limits by name, so that a test can switch one off or lower it.

Sizes count characters unless the name says otherwise. Times ending in `_seconds` pass at the
simulator's speed, but for `ack_seconds` and `trigger_seconds`: they measure how fast the app
is, and the app does not run faster because the simulated clock does.
"""

import math
from collections.abc import Mapping

# Documented with each method and block (https://docs.slack.dev/reference), except `stream_bytes`
# and `stream_seconds`, which are undocumented and were measured by several projects.
DEFAULTS: dict[str, float] = {
    "rates": 1,  # the tiers of rate_limits.py; any value but 0 switches them on
    "update_text": 4_000,
    "markdown_text": 12_000,
    "message_text": 13_200,
    "section_text": 3_000,
    "blocks": 50,
    "view_blocks": 100,
    "value": 2_000,
    "table_rows": 100,
    "table_columns": 20,
    "task_text": 256,
    "prompts": 4,
    "session_title": 200,
    "stream_seconds": 300,
    "stream_bytes": 10_600,
    "stream_text": 12_000,
    "status_seconds": 120,
    "session_seconds": 3_600,
    "response_url_uses": 5,
    "response_url_seconds": 1_800,
    "trigger_seconds": 3,
    "ack_seconds": 3,
    "page": 1_000,  # messages; commercially distributed apps outside the Marketplace get 15
}


class Limits:
    """What the workspace allows. A limit that is off is infinite."""

    def __init__(self, limits: bool | Mapping[str, bool | float] = True) -> None:
        self._values: dict[str, float] = dict(DEFAULTS)
        if isinstance(limits, Mapping):
            self.change(limits)
        elif not limits:
            self.change(dict.fromkeys(DEFAULTS, False))

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def change(self, changes: Mapping[str, bool | float | None]) -> None:
        """Set limits: a number is the new limit, True Slack's own, False or None none at all."""
        for name, value in changes.items():
            if name not in DEFAULTS:
                raise ValueError(f"no limit is called {name!r}; there are {', '.join(DEFAULTS)}")
            if not isinstance(value, int | float | None):
                raise ValueError(f"the limit {name} has to be a number or a boolean, not {value!r}")
            if value is True:
                self._values[name] = DEFAULTS[name]
            elif value is False or value is None:
                self._values[name] = 0 if name == "rates" else math.inf
            else:
                self._values[name] = value

    def as_json(self) -> dict[str, float | None]:
        """Every limit; None where it is off."""
        return {name: None if math.isinf(v) else v for name, v in self._values.items()}
