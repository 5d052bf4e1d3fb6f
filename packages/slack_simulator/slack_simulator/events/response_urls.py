"""response_url: an answer to an interaction, without a token, a few times within half an hour."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from slack_simulator.events.tickets import Place
from slack_simulator.rules import block_kit
from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.workspace.message import Message
from slack_simulator.workspace.people import BOT_USER
from slack_simulator.workspace.slack import Slack


async def handle(slack: Slack, request: Request) -> Response:
    place = slack.tickets.use_response_url(request.path_params["key"])
    if isinstance(place, str):
        return JSONResponse({"ok": False, "error": place}, 404)
    try:
        answer = json.loads(await request.body())
        respond(slack, place, answer)
    except ValueError:
        return PlainTextResponse("invalid_payload", 400)
    except SlackError as error:
        return PlainTextResponse(error.code, 400)
    return PlainTextResponse("ok")


def respond(slack: Slack, place: Place, answer: Json) -> None:
    """Do what an answer says: post, replace or delete. Raises SlackError."""
    original = slack.workspace.messages[place.channel].get(place.message_ts or "")
    if answer.get("delete_original"):
        if original:
            slack.delete(original)
        return
    text, blocks = answer.get("text") or "", answer.get("blocks") or []
    if not text and not blocks:
        raise SlackError("no_text")
    block_kit.check_message(text, blocks, slack.limits)
    if answer.get("replace_original") and original:
        before = original.as_slack()
        original.text, original.blocks = text, blocks
        slack.change(original, before)
        return
    thread = answer.get("thread_ts") or (original.thread_ts if original else None)
    public = answer.get("response_type") == "in_channel"
    message = Message(slack.workspace.next_ts(), place.channel, BOT_USER, text, by_bot=True)
    message.blocks, message.thread_ts = blocks, thread
    message.ephemeral_to = None if public else place.user
    slack.post(message)
