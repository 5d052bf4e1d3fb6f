"""Someone picks "Ask about this" in a message's menu: a modal asks what they want to know.

The answer comes in the message's thread. Where the bot is not in the channel, it comes in direct
messages, which `im:write` opens; without a channel's history no lost question would be found.
"""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot import views, whispers
from bot.about import About
from bot.asking import ask
from bot.desk import HelpDesk
from bot.inquiries import Inquiry
from bot.listeners.needs import REPLIES, Needs, Shortcut
from bot.modals import open_modal

ASK_ABOUT = "ask_about"
OPEN_ASK_ABOUT = "open_ask_about"

NEEDS = Needs(
    scopes=REPLIES | {"commands", "channels:history", "groups:history", "im:history", "im:write"},
    shortcuts=(Shortcut(ASK_ABOUT, "Ask about this", "Ask a question about a message"),),
    told="*About a message*: open its menu (\u22ee), choose *Ask about this*.",
)


def register(app: App, desk: HelpDesk) -> None:
    @app.shortcut({"type": "message_action", "callback_id": ASK_ABOUT})
    def open_form(ack: Ack, client: WebClient, body: dict[str, Any]) -> None:
        ack()
        about = About.from_shortcut(body, desk.bot_user_id)
        open_modal(client, body, views.ask_about(ASK_ABOUT, desk.name, about), OPEN_ASK_ABOUT)

    @app.action(OPEN_ASK_ABOUT)
    def open_form_later(ack: Ack, client: WebClient, body: dict[str, Any]) -> None:
        ack()
        about = About.from_json(body["actions"][0]["value"])
        open_modal(client, body, views.ask_about(ASK_ABOUT, desk.name, about), OPEN_ASK_ABOUT)
        whispers.take_back(body["response_url"])

    @app.view(ASK_ABOUT)
    def ask_about(ack: Ack, client: WebClient, context: BoltContext, body: dict[str, Any]) -> None:
        ack()
        text = views.asked_about(body["view"])
        inquiry = Inquiry.from_view(body["view"], body["user"]["id"], context["team_id"], text)
        ask(client, desk, inquiry, context["delivery"])
