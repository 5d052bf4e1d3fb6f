"""Someone wants to see what stands at an answer's sources: a modal shows it to whoever may ask."""

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import views, whispers
from bot.desk import HelpDesk
from bot.listeners.needs import Needs
from bot.modals import open_modal
from bot.state import records

NEEDS = Needs(scopes=frozenset({"users:read"}))


def register(app: App, desk: HelpDesk) -> None:
    @app.action("show_sources")
    def show_sources(
        ack: Ack, client: WebClient, body: dict[str, Any], action: dict[str, Any]
    ) -> None:
        ack()
        channel, user = body["container"]["channel_id"], body["user"]["id"]
        refusal = desk.doorkeeper.refusal(client, channel, user)
        if refusal:
            return whispers.send(body["response_url"], refusal)
        record = records.find(desk.table, action["value"])
        view = views.sources(action["value"], record.sources if record else ())
        return open_modal(client, body, view, "show_sources")
