"""Someone picks "Ask about this" in a message's menu: a modal asks what they want to know.

The answer comes in the message's thread. Where the bot is not in the channel, it comes in direct
messages, which `im:write` opens. The history scopes are as of `bot.listeners.commands`.
"""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.conversation.desk import HelpDesk
from bot.conversation.post_question import ask
from bot.conversation.unposted_question import UnpostedQuestion
from bot.listeners.requirements import REPLIES, Requirements, Shortcut
from bot.slack import interactions, response_url
from bot.slack.modal import open_modal
from bot.slack.ui import views
from bot.slack.ui.message_reference import MessageReference
from bot.state.forms import find_form, open_form

ASK_ABOUT = "ask_about"
OPEN_ASK_ABOUT = "open_ask_about"

REQUIREMENTS = Requirements(
    scopes=REPLIES | {"commands", "channels:history", "groups:history", "im:history", "im:write"},
    shortcuts=(Shortcut(ASK_ABOUT, "Ask about this", "Ask a question about a message"),),
    usage="*About a message*: open its menu (\u22ee), choose *Ask about this*.",
)


_FORM_EXPIRED = (
    "That form was too old, so your question did not get through. Open the message's menu (\u22ee)"
    " and choose *Ask about this* again."
)


def register(app: App, desk: HelpDesk) -> None:
    dependencies = desk.dependencies

    @app.shortcut({"type": "message_action", "callback_id": ASK_ABOUT})
    def open_form_at_once(
        ack: Ack, client: WebClient, context: BoltContext, body: dict[str, Any]
    ) -> None:
        ack()
        reference = MessageReference.from_shortcut(body, dependencies.bot_user_id)
        form = open_form(dependencies.table, interactions.person_of(context), reference.as_form)
        view = views.ask_about(ASK_ABOUT, dependencies.name, reference, form)
        open_modal(client, body, view, OPEN_ASK_ABOUT)

    @app.action(OPEN_ASK_ABOUT)
    def open_form_later(
        ack: Ack, client: WebClient, context: BoltContext, body: dict[str, Any]
    ) -> None:
        ack()
        form = body["actions"][0]["value"]
        values = find_form(dependencies.table, form, interactions.person_of(context))
        if values:
            reference = MessageReference.from_form(values)
            view = views.ask_about(ASK_ABOUT, dependencies.name, reference, form)
            open_modal(client, body, view, OPEN_ASK_ABOUT)
        response_url.take_back(client, body["response_url"])

    @app.view(ASK_ABOUT)
    def ask_about(ack: Ack, client: WebClient, context: BoltContext, body: dict[str, Any]) -> None:
        ack()
        form, user = body["view"]["private_metadata"], body["user"]["id"]
        values = find_form(dependencies.table, form, interactions.person_of(context))
        if not values:
            client.chat_postMessage(channel=user, text=_FORM_EXPIRED)
            return
        reference, text = MessageReference.from_form(values), views.asked_about(body["view"])
        question = UnpostedQuestion.from_form(form, reference, user, context["team_id"], text)
        ask(client, dependencies, question, context["delivery"])
