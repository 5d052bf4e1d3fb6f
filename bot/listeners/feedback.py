"""Someone rates an answer: it is saved at once; a thumbs-down opens a form for a better answer.

The answer is found by its channel and `ts`, the person by what Slack says; the form has neither.
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

_OPEN_WISH = "open_wish"


def register(app: App, desk: HelpDesk) -> None:
    table, retention_days = desk.dependencies.table, desk.dependencies.retention_days

    @app.action("rate")
    def rate(
        ack: Ack,
        client: WebClient,
        context: BoltContext,
        body: dict[str, Any],
        action: dict[str, Any],
    ) -> None:
        ack()
        question = interactions.question_of(table, context, body)
        person = interactions.person_of(context)
        if not question:
            return response_url.send(client, body["response_url"], interactions.TOO_OLD)
        verdict = buttons.verdict(action["value"])
        feedback.rate(table, question, person, verdict, retention_days)
        if verdict == "down":
            form = open_form(table, person, {"question": question})
            open_modal(client, body, views.wish(form), _OPEN_WISH)
        return None

    @app.action(_OPEN_WISH)
    def open_wish(
        ack: Ack, client: WebClient, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        ack()
        open_modal(client, body, views.wish(action["value"]), _OPEN_WISH)
        response_url.take_back(client, body["response_url"])

    @app.view("wish")
    def keep_wish(ack: Ack, context: BoltContext, view: dict[str, Any]) -> None:
        ack()
        form, text = views.wished(view)
        person = interactions.person_of(context)
        if question := find_form(table, form, person).get("question"):
            feedback.wish(table, question, person, text)
