"""Reads the place and the person of an interaction from its payload, the question from our table.

No button carries a question's id, so nobody can put another question's id into a request.
"""

from collections.abc import Mapping
from typing import Any

from slack_bolt import BoltContext

from bot.state.answers import question_answered_by
from bot.state.table import Table

TOO_OLD = "That answer is too old for this: what was kept of it is gone."


def place_of(body: Mapping[str, Any]) -> tuple[str, str]:
    """Channel and `ts` of the message whose button was pressed."""
    container = body["container"]
    return container["channel_id"], container["message_ts"]


def question_of(table: Table, context: BoltContext, body: Mapping[str, Any]) -> str:
    """The question (team:channel:ts) that the message answers; empty if that has expired."""
    return question_answered_by(table, context["team_id"], *place_of(body))


def person_of(context: BoltContext) -> str:
    """The person ("team:user"), by the id that they have in the bot's workspace."""
    return f"{context['team_id']}:{context['user_id']}"
