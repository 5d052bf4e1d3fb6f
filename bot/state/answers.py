"""Which question a message of the bot's answers: the buttons below it carry nothing that says so.

So nobody can name another question by what a button, a form or a request carries.
"""

import time

from bot.state.table import DAY, Table

_DAYS = 30
"""At least: as long as the claim, by which "Try again" takes a question up."""


def note_answer(table: Table, question: str, ts: str, days: int) -> None:
    """Remember that the message `ts` ends the answer to `question` (team:channel:ts of its own)."""
    place = question.rpartition(":")[0]
    kept = max(days, _DAYS)
    table.put(f"answer#{place}:{ts}", {"question": question, "ttl": int(time.time()) + kept * DAY})


def question_answered_by(table: Table, team: str, channel: str, ts: str) -> str:
    """The question that a message answers; empty where it answers none, or did so too long ago."""
    item = table.one(f"answer#{team}:{channel}:{ts}")
    return str(item["question"]["S"]) if item else ""
