"""Interactions: where and by whom, from the payload alone; which question, from our table.

Nothing that a button carries names a question, so none can be swapped for another's.
"""

from collections.abc import Mapping
from typing import Any

from slack_bolt import BoltContext

from bot.state.answers import question_answered_by
from bot.state.table import Table

TOO_OLD = "That answer is too old for this: what was kept of it is gone."


def place_of(body: Mapping[str, Any]) -> tuple[str, str]:
    """Channel and `ts` of the message that was pressed on."""
    container = body["container"]
    return container["channel_id"], container["message_ts"]


def question_of(table: Table, context: BoltContext, body: Mapping[str, Any]) -> str:
    """The question (team:channel:ts) that this message answers; empty where that is not known."""
    return question_answered_by(table, context["team_id"], *place_of(body))


def person_of(context: BoltContext) -> str:
    """Who it is ("team:user"), in the workspace of the bot: elsewhere they may have another."""
    return f"{context['team_id']}:{context['user_id']}"
