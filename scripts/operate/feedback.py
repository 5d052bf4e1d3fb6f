"""`./stackbot feedback`: what people think of the answers, as a table or as JSON.

JSON travels on. So what it tells of documents is what they say now, and to everyone.
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
from bot.state.records import Cited
from scripts.aws import deployment
from scripts.aws.deployment import Deployed
from scripts.documents import publishing
from scripts.operate.logs import since
from scripts.terminal.problem import Problem

_SHOWN = 200
_LEFT_OUT = "(limited, or no longer there: --limited shows it)"
_ABSENT = Cited(_LEFT_OUT, "", _LEFT_OUT)


def run(options: argparse.Namespace) -> int:
    """Print the feedback of an environment, oldest first."""
    begin = since(options.since) if options.since else 0.0
    with deployment.deployed(options.env) as deployed:
        with deployed.table() as table:
            kept = sorted(feedback.every(table), key=lambda one: one.at)
        index = _index(deployed) if options.json and not options.limited else None
    found = [one for one in kept if one.at >= begin and (one.verdict == "down" or not options.down)]
    if options.json:
        told = [_told(one if index is None else _for_everyone(one, index)) for one in found]
        options.json.print({"feedback": told})
    elif found:
        Console().print(_table(found))
    else:
        sys.stdout.write("No feedback yet. It comes from the thumbs below each answer.\n")
    return 0


def _index(deployed: Deployed) -> Index:
    """What the environment answers from now. Raises `Problem` where that cannot be told."""
    try:
        return publishing.published(deployed.client("s3"), deployed.outputs["Bucket"])
    except ValueError as error:
        raise Problem(
            f"Which documents are for everyone cannot be told: {error} With --limited all that is"
            " kept is shown, whoever may see it."
        ) from error


def _for_everyone(one: Feedback, index: Index) -> Feedback:
    """A rating without what is not for everyone, or no longer stands in the documents.

    That goes for the answer where a source of it does; where its model has read something limited;
    and where it has read earlier messages, which may say such things, and there are such documents.
    """
    public = index.visible_to(NO_PERMISSIONS)
    sources = tuple(_current(source, public) for source in one.sources)
    may_repeat = one.has_earlier and index.is_limited
    whole = all(source.text for source in sources) and not (one.limited or may_repeat)
    sources = tuple(source if source.text else _ABSENT for source in sources)
    return replace(one, answer=one.answer if whole else _LEFT_OUT, sources=sources)


def _current(cited: Cited, public: Index) -> Cited:
    """A source as it stands now; without a text where it doesn't, or was not for everyone."""
    of_others = cited.is_limited or cited.is_attachment
    current = None if of_others else current_source(cited, public)
    if current is None:
        return replace(cited, text="")
    return replace(
        cited, path=current.path, text=current.text, url=current.url, updated=current.updated
    )


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
