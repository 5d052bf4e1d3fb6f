"""Someone rates an answer: kept at once; a thumbs-down also asks what would have been better.

Which answer that is, is known by its place; who it is, by Slack's word. The form holds neither.
"""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.conversation.desk import HelpDesk
from bot.listeners.requirements import Requirements
from bot.slack import interactions, response_url
from bot.slack.modal import open_modal
from bot.slack.ui import buttons, views
from bot.state import feedback
from bot.state.forms import find_form, open_form

REQUIREMENTS = Requirements()

_OPEN = "open_wish"


def register(app: App, desk: HelpDesk) -> None:
    @app.action("rate")
    def rate(
        ack: Ack,
        client: WebClient,
        context: BoltContext,
        body: dict[str, Any],
        action: dict[str, Any],
    ) -> None:
        ack()
        question = interactions.question_of(desk.table, context, body)
        person = interactions.person_of(context)
        if not question:
            return response_url.send(client, body["response_url"], interactions.TOO_OLD)
        verdict = buttons.verdict(action["value"])
        feedback.rate(desk.table, question, person, verdict, desk.retention_days)
        if verdict == "down":
            form = open_form(desk.table, person, {"question": question})
            open_modal(client, body, views.wish(form), _OPEN)
        return None

    @app.action(_OPEN)
    def open_wish(
        ack: Ack, client: WebClient, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        ack()
        open_modal(client, body, views.wish(action["value"]), _OPEN)
        response_url.take_back(client, body["response_url"])

    @app.view("wish")
    def keep_wish(ack: Ack, context: BoltContext, view: dict[str, Any]) -> None:
        ack()
        form, text = views.wished(view)
        person = interactions.person_of(context)
        if question := find_form(desk.table, form, person).get("question"):
            feedback.wish(desk.table, question, person, text)
