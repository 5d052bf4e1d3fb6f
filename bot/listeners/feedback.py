"""Someone rates an answer: kept at once; a thumbs-down also asks what would have been better."""

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import buttons, views, whispers
from bot.desk import HelpDesk
from bot.listeners.needs import Needs
from bot.modals import open_modal
from bot.state import feedback

NEEDS = Needs()

_OPEN = "open_wish"


def register(app: App, desk: HelpDesk) -> None:
    @app.action("rate")
    def rate(ack: Ack, client: WebClient, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        verdict, question_id = buttons.rated(action["value"])
        person = _person(question_id, body)
        feedback.rate(desk.table, question_id, person, verdict, desk.retention_days)
        if verdict == "down":
            open_modal(client, body, views.wish(question_id), _OPEN)

    @app.action(_OPEN)
    def open_wish(
        ack: Ack, client: WebClient, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        ack()
        open_modal(client, body, views.wish(action["value"]), _OPEN)
        whispers.take_back(body["response_url"])

    @app.view("wish")
    def keep_wish(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        ack()
        question_id, text = views.wished(view)
        feedback.wish(desk.table, question_id, _person(question_id, body), text)


def _person(question_id: str, body: dict[str, Any]) -> str:
    """Who it is, in the workspace of the question: in a shared channel they may have another."""
    return f"{question_id.partition(':')[0]}:{body['user']['id']}"
