"""`./stackbot feedback`: what people think of the answers, as a table or as JSON."""

import argparse
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.state import feedback
from bot.state.feedback import Feedback
from scripts import reach
from scripts.operating.since import moment

_SHOWN = 200
_LEFT_OUT = "(limited: --limited shows it)"


def run(options: argparse.Namespace) -> int:
    """Print the feedback of an environment, oldest first."""
    begin = moment(options.since) if options.since else 0.0
    with reach.table(options.env) as table:
        kept = sorted(feedback.every(table), key=lambda one: one.at)
    found = [one for one in kept if one.at >= begin and (one.verdict == "down" or not options.down)]
    if options.json:
        told = [_told(one, limited=options.limited) for one in found]
        options.json.print({"feedback": told})
    elif found:
        Console().print(_table(found))
    else:
        sys.stdout.write("No feedback yet. It comes from the thumbs below each answer.\n")
    return 0


def _told(one: Feedback, *, limited: bool) -> dict[str, object]:
    """A rating as JSON. What not everyone may read is left out, unless `limited` is wanted, too."""
    if not limited and any(source.is_limited for source in one.sources):
        sources = tuple(replace(source, text=_LEFT_OUT) for source in one.sources)
        one = replace(one, answer=_LEFT_OUT, sources=sources)
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
