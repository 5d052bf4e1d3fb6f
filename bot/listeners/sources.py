"""Someone wants to see what stands at an answer's sources: a modal shows it to whoever may ask.

It shows what stands there now, to them: docs/decisions/0028.
"""

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import views, whispers
from bot.current_sources import current_source
from bot.desk import HelpDesk
from bot.listeners.needs import GROUPS, Needs
from bot.modals import open_modal
from bot.state import records

NEEDS = Needs(scopes=GROUPS | {"users:read"})


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
        question_id = action["value"]
        record = records.find(desk.table, question_id)
        # A message can be shared elsewhere, and there its channel's documents stay unseen.
        at_home = question_id.split(":")[1] == channel
        clearance = desk.groups.clearance(client, user, channel if at_home else "")
        visible = desk.knowledge.newest().index.visible_to(clearance)
        cited = record.sources if record else ()
        view = views.sources(question_id, [current_source(one, visible) for one in cited])
        return open_modal(client, body, view, "show_sources")
