"""What people did to a question meanwhile: stopped its answer, edited it, deleted it.

The ingress writes these items past the queue, where they would wait behind the very answer.
"""

from dataclasses import dataclass

from bot.state.table import Table


@dataclass(frozen=True, slots=True)
class Changes:
    """`text` is the newest one where the question was edited."""

    stopped: bool = False
    deleted: bool = False
    text: str | None = None


def changes(
    table: Table, team: str, channel: str, thread: str, ts: str, answer: str = ""
) -> Changes:
    """What happened to the question `ts` since it was asked.

    `answer` is the `ts` of its answer's newest message: Slack may name that instead of the thread.
    """
    place = f"{team}:{channel}"
    stops = {f"stop#{place}:{where}" for where in (thread, answer) if where}
    edit = f"change#{place}:{ts}"
    found = table.get(edit, *sorted(stops))
    changed = found.get(edit, {})
    return Changes(
        stopped=any(float(found[key]["at"]["N"]) >= float(ts) for key in stops & found.keys()),
        deleted=bool(changed) and changed["deleted"]["BOOL"],
        text=changed["text"]["S"] if changed else None,
    )
