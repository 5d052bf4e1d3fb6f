"""Someone wants to see what stands at an answer's sources: a modal shows it to whoever may ask.

It shows what stands there now, to them: docs/decisions/0028.
"""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.conversation.desk import HelpDesk
from bot.listeners.requirements import GROUPS, Requirements
from bot.slack import interactions, response_url
from bot.slack.current_sources import current_source
from bot.slack.modal import open_modal
from bot.slack.ui import views
from bot.state import records
from bot.state.forms import find_form, open_form

REQUIREMENTS = Requirements(scopes=GROUPS | {"users:read"})

_LATER = "open_sources"


def register(app: App, desk: HelpDesk) -> None:
    @app.action("show_sources")
    def show_sources(
        ack: Ack, client: WebClient, context: BoltContext, body: dict[str, Any]
    ) -> None:
        ack()
        channel, _ = interactions.place_of(body)
        if refusal := desk.access_policy.refusal(client, channel, body["user"]["id"]):
            return response_url.send(client, body["response_url"], refusal)
        question = interactions.question_of(desk.table, context, body)
        # Should Slack not open it in time, the button that it is offered by finds it by this.
        form = open_form(desk.table, interactions.person_of(context), {"question": question})
        view = _view(desk, client, body["user"]["id"], question, form)
        return open_modal(client, body, view, _LATER)

    @app.action(_LATER)
    def show_sources_later(
        ack: Ack, client: WebClient, context: BoltContext, body: dict[str, Any]
    ) -> None:
        ack()
        form = body["actions"][0]["value"]
        about = find_form(desk.table, form, interactions.person_of(context))
        view = _view(desk, client, body["user"]["id"], about.get("question", ""), form)
        open_modal(client, body, view, _LATER)
        response_url.take_back(client, body["response_url"])


def _view(desk: HelpDesk, client: WebClient, user: str, question: str, form: str) -> dict[str, Any]:
    record = records.find(desk.table, question) if question else None
    # Only the message itself has a question, not one that it was shared in: so this is its channel.
    channel = question.split(":")[1] if question else ""
    permissions = desk.readers.alone(client, user, channel)
    visible = desk.knowledge.newest().index.visible_to(permissions)
    cited = record.sources if record else ()
    return views.sources(form, [current_source(one, visible) for one in cited])
