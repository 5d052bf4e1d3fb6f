"""Opens modals within Slack's three seconds, and offers a button to open them after that.

A cold worker or a busy thread may take longer (bolt-python #864).
"""

from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack import response_url
from bot.slack.client import error_code

_ALREADY_OPENED = "exchanged_trigger_id"
_TOO_LATE = ("expired_trigger_id", "trigger_expired")
_OFFER = "That took a moment too long for Slack to open it by itself."


def open_modal(slack: WebClient, body: Mapping[str, Any], view: dict[str, Any], again: str) -> None:
    """Open `view` for the person of the interaction `body`.

    If it is too late for that, only this person sees a button whose action id is `again` and whose
    value is the view's `private_metadata`, which is the form's id.
    """
    try:
        slack.views_open(trigger_id=body["trigger_id"], view=view)
    except SlackApiError as error:
        if error_code(error) == _ALREADY_OPENED:  # by an attempt that was killed afterwards
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
        section = [{"type": "section", "text": text, "accessory": button}]
        response_url.send(slack, body["response_url"], _OFFER, section)
