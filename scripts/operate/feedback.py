"""`./stackbot feedback`: what people think of the answers, as a table or as JSON.

JSON may be passed on. So it quotes documents only as they are now, and only what everyone may see.
"""

import argparse
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.answering.retrieval.index import Index
from bot.answering.retrieval.permissions import NO_PERMISSIONS
from bot.slack.current_sources import current_source
from bot.state import feedback
from bot.state.feedback import Feedback
from bot.state.records import CitedSource
from scripts.aws import deployment
from scripts.aws.deployment import Deployed
from scripts.documents import publishing
from scripts.operate.logs import since
from scripts.terminal.problem import Problem

_TEXT = 200
_LEFT_OUT = "(limited, or no longer there: --limited shows it)"
_ABSENT = CitedSource(_LEFT_OUT, "", _LEFT_OUT)


def run(options: argparse.Namespace) -> int:
    """Print the feedback of an environment, oldest first."""
    begin = since(options.since) if options.since else 0.0
    with deployment.deployed(options.env) as deployed:
        with deployed.table() as table:
            ratings = sorted(feedback.every(table), key=lambda rating: rating.at)
        index = _index(deployed) if options.json and not options.limited else None
    selection = [
        rating
        for rating in ratings
        if rating.at >= begin and (rating.verdict == "down" or not options.down)
    ]
    if options.json:
        entries = [
            _as_json(rating if index is None else _for_everyone(rating, index))
            for rating in selection
        ]
        options.json.print({"feedback": entries})
    elif selection:
        Console().print(_table(selection))
    else:
        sys.stdout.write("No feedback yet. It comes from the thumbs below each answer.\n")
    return 0


def _index(deployed: Deployed) -> Index:
    """The index that the environment answers from. Raises `Problem` where it cannot be read."""
    try:
        return publishing.published(deployed.client("s3"), deployed.outputs["Bucket"])
    except ValueError as error:
        raise Problem(
            f"Which documents are for everyone cannot be told: {error} With --limited all that is"
            " kept is shown, whoever may see it."
        ) from error


def _for_everyone(rating: Feedback, index: Index) -> Feedback:
    """Leave out sources that are limited or no longer in the documents, and answers from them.

    An answer is left out where any of its sources is, where its model has read limited passages,
    and, if there are limited documents at all, where it has read earlier messages of its thread.
    """
    public = index.visible_to(NO_PERMISSIONS)
    sources = tuple(_current(source, public) for source in rating.sources)
    may_repeat = rating.has_earlier and index.is_limited
    whole = all(source.text for source in sources) and not (rating.limited or may_repeat)
    sources = tuple(source if source.text else _ABSENT for source in sources)
    return replace(rating, answer=rating.answer if whole else _LEFT_OUT, sources=sources)


def _current(source: CitedSource, public: Index) -> CitedSource:
    """The source as the documents have it now; without text where it is gone or limited."""
    of_others = source.is_limited or source.is_attachment
    present = None if of_others else current_source(source, public)
    if present is None:
        return replace(source, text="")
    return replace(
        source, path=present.path, text=present.text, url=present.url, updated=present.updated
    )


def _as_json(rating: Feedback) -> dict[str, object]:
    return asdict(rating) | {"at": _time(rating).isoformat(timespec="seconds")}


def _table(ratings: list[Feedback]) -> Table:
    table = Table("when (UTC)", "", "question", "what would be better", "dollars", "trace")
    for rating in ratings:
        table.add_row(
            f"{_time(rating):%Y-%m-%d %H:%M}",
            rating.verdict,
            escape(rating.question[:_TEXT]) or "(no longer kept)",
            escape(rating.wish[:_TEXT]),
            f"{rating.cost:.6f}",
            rating.trace_id[:8],
        )
    return table


def _time(rating: Feedback) -> datetime:
    return datetime.fromtimestamp(rating.at, UTC)
