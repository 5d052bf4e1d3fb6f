"""Someone opens an answer's sources: a modal shows the passages to people who may ask.

It shows them as they are now, as far as that person may see them: docs/decisions/0028.
"""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.conversation.desk import Dependencies, HelpDesk
from bot.listeners.requirements import GROUPS, Requirements
from bot.slack import interactions, response_url
from bot.slack.current_sources import current_source
from bot.slack.modal import open_modal
from bot.slack.ui import views
from bot.state import records
from bot.state.forms import find_form, open_form

REQUIREMENTS = Requirements(scopes=GROUPS | {"users:read"})

_OPEN_SOURCES = "open_sources"


def register(app: App, desk: HelpDesk) -> None:
    dependencies = desk.dependencies

    @app.action("show_sources")
    def show_sources(
        ack: Ack, client: WebClient, context: BoltContext, body: dict[str, Any]
    ) -> None:
        ack()
        channel, _ = interactions.place_of(body)
        if refusal := dependencies.access_policy.refusal(client, channel, body["user"]["id"]):
            return response_url.send(client, body["response_url"], refusal)
        question = interactions.question_of(dependencies.table, context, body)
        # Where Slack is too slow to open the modal, a button opens it later, by this form.
        form = open_form(
            dependencies.table, interactions.person_of(context), {"question": question}
        )
        view = _view(dependencies, client, body["user"]["id"], question, form)
        return open_modal(client, body, view, _OPEN_SOURCES)

    @app.action(_OPEN_SOURCES)
    def show_sources_later(
        ack: Ack, client: WebClient, context: BoltContext, body: dict[str, Any]
    ) -> None:
        ack()
        form = body["actions"][0]["value"]
        values = find_form(dependencies.table, form, interactions.person_of(context))
        view = _view(dependencies, client, body["user"]["id"], values.get("question", ""), form)
        open_modal(client, body, view, _OPEN_SOURCES)
        response_url.take_back(client, body["response_url"])


def _view(
    dependencies: Dependencies, client: WebClient, user: str, question: str, form: str
) -> dict[str, Any]:
    record = records.find(dependencies.table, question) if question else None
    # `question` is empty where the answer was shared elsewhere: so this is its own channel.
    channel = question.split(":")[1] if question else ""
    permissions = dependencies.readers.alone(client, user, channel)
    visible = dependencies.knowledge.newest().index.visible_to(permissions)
    citations = record.sources if record else ()
    return views.sources(form, [current_source(citation, visible) for citation in citations])
