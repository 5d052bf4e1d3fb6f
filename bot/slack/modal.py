"""Opens modals in the three seconds that Slack gives, and offers a button where they are over.

A cold worker or a busy thread may take longer (bolt-python #864).
"""

from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack import response_url
from bot.slack.client import error_code

_OPENED = "exchanged_trigger_id"
_TOO_LATE = ("expired_trigger_id", "trigger_expired")
_OFFER = "That took a moment too long for Slack to open it by itself."


def open_modal(slack: WebClient, body: Mapping[str, Any], view: dict[str, Any], again: str) -> None:
    """Open `view` for whoever set off the interaction `body`.

    Too late for that, a button with the action id `again` and the view's `private_metadata`, the
    form's id, as its value is shown to that person alone.
    """
    try:
        slack.views_open(trigger_id=body["trigger_id"], view=view)
    except SlackApiError as error:
        if error_code(error) == _OPENED:  # by an attempt that was killed afterwards
            return
        if error_code(error) not in _TOO_LATE:
            raise
        button = {
            "type": "button",
            "action_id": again,
            "style": "primary",
            "text": {"type": "plain_text", "text": "Open it now"},
            "value": view["private_metadata"],
        }
        text = {"type": "mrkdwn", "text": _OFFER}
        shown = [{"type": "section", "text": text, "accessory": button}]
        response_url.send(slack, body["response_url"], _OFFER, shown)
