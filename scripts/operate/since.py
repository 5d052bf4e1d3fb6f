"""From when on somebody wants to see things, as people write it."""

import re
import time
from datetime import UTC, datetime

from scripts.terminal.problem import Problem

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60}


def moment(text: str) -> float:
    """Epoch seconds from `7d`, `12h`, `30m` (ago) or a date such as 2026-11-01. Or `Problem`."""
    if ago := re.fullmatch(r"(\d{1,5})([dhm])", text):
        return time.time() - int(ago[1]) * _SECONDS[ago[2]]
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        wanted = "a date such as 2026-11-01, or 7d, 12h, 30m"
        raise Problem(f"--since takes {wanted}, not {text!r}.") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
