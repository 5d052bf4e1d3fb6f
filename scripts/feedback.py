"""`./stackbot feedback`: what people think of the answers, as a table or as JSON."""

import argparse
import json
import re
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.state import feedback
from bot.state.feedback import Feedback
from scripts import reach
from scripts.problem import Problem

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60}
_SHOWN = 200


def run(options: argparse.Namespace) -> int:
    """Print the feedback of an environment, oldest first."""
    begin = _since(options.since) if options.since else 0.0
    with reach.table(options.env) as table:
        kept = sorted(feedback.every(table), key=lambda one: one.at)
    found = [one for one in kept if one.at >= begin and (one.verdict == "down" or not options.down)]
    if options.json:
        sys.stdout.writelines(json.dumps(_told(one), ensure_ascii=False) + "\n" for one in found)
    elif found:
        Console().print(_table(found))
    else:
        sys.stdout.write("No feedback yet. It comes from the thumbs below each answer.\n")
    return 0


def _since(text: str) -> float:
    """Epoch seconds from `7d`, `12h`, `30m` (ago) or a date such as 2026-11-01. Or Problem."""
    if ago := re.fullmatch(r"(\d{1,5})([dhm])", text):
        return time.time() - int(ago[1]) * _SECONDS[ago[2]]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        wanted = "a date such as 2026-11-01, or 7d, 12h, 30m"
        raise Problem(f"--since takes {wanted}, not {text!r}.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _told(one: Feedback) -> dict[str, object]:
    return asdict(one) | {"at": _moment(one).isoformat(timespec="seconds")}


def _table(found: list[Feedback]) -> Table:
    table = Table("when (UTC)", "", "question", "what would be better", "dollars", "trace")
    for one in found:
        table.add_row(
            f"{_moment(one):%Y-%m-%d %H:%M}",
            one.verdict,
            escape(one.question[:_SHOWN]) or "(no longer kept)",
            escape(one.wish[:_SHOWN]),
            f"{one.cost:.6f}",
            one.trace_id[:8],
        )
    return table


def _moment(one: Feedback) -> datetime:
    return datetime.fromtimestamp(one.at, UTC)
