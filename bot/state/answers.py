"""Finds the question that one of the bot's messages answers, by the message's place.

The buttons below an answer carry no id, so nobody can name another question by a forged one.
"""

import time

from bot.state.table import DAY, Table

_DAYS = 30
"""The least lifetime: that of the claim, which "Try again" needs."""


def note_answer(table: Table, question: str, ts: str, days: int) -> None:
    """Save for `days` that the message `ts` ends the answer to `question` (team:channel:ts)."""
    place = question.rpartition(":")[0]
    lifetime = max(days, _DAYS)
    table.put(
        f"answer#{place}:{ts}", {"question": question, "ttl": int(time.time()) + lifetime * DAY}
    )


def question_answered_by(table: Table, team: str, channel: str, ts: str) -> str:
    """The question that a message answers; empty if it answers none, or that has expired."""
    item = table.item(f"answer#{team}:{channel}:{ts}")
    return str(item["question"]["S"]) if item else ""
