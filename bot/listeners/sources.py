"""Someone wants to see what stands at an answer's sources: a modal shows it to whoever may ask."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import views, whispers
from bot.answering.clearance import Audience, Clearance
from bot.answering.retrieval import Index
from bot.desk import HelpDesk
from bot.listeners.needs import GROUPS, Needs
from bot.modals import open_modal
from bot.state import records
from bot.state.records import Cited

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
        view = views.sources(
            question_id,
            record.sources if record else (),
            partial(_may_be_seen, desk.knowledge.last.index, clearance),
        )
        return open_modal(client, body, view, "show_sources")


def _may_be_seen(index: Index, clearance: Clearance, cited: Cited) -> bool:
    """By the limits of then and of now: in the meantime its document may have got others."""
    then = Audience(cited.channels, cited.groups, cited.public).admits(clearance)
    return then and (index.visible_to(clearance).holds(cited.file) or not index.holds(cited.file))
