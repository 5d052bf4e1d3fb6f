"""Buttons, commands, shortcuts and modals: what the app is sent when people use them.

See https://docs.slack.dev/reference/interaction-payloads
"""

import json
import time
from collections.abc import Iterator
from typing import Any

from slack_simulator.control.actions import CannotError
from slack_simulator.events import response_urls
from slack_simulator.events.dispatch import Answered, Parcel
from slack_simulator.events.events_api import VERIFICATION_TOKEN
from slack_simulator.events.tickets import Place
from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.workspace import modals, people
from slack_simulator.workspace.message import Message
from slack_simulator.workspace.people import Channel, Person
from slack_simulator.workspace.records import Delivery
from slack_simulator.workspace.slack import Slack
from slack_simulator.workspace.workspace import View

_TEAM = {"id": people.TEAM, "domain": people.DOMAIN}


def click(
    slack: Slack, person: Person, place: Message | View, action_id: str, block_id: str, value: Any
) -> None:
    """Use a button, a select or the feedback buttons; `value` chooses among an element's."""
    shape = place.as_slack()
    element, block = _find_element(shape.get("blocks", []), action_id, block_id)
    action = {"action_id": action_id, "block_id": block, "type": element["type"]}
    action |= _choice(element, value) | {"action_ts": f"{time.time():.6f}"}
    payload = _interaction(slack, "block_actions", person) | {"actions": [action]}
    if isinstance(place, View):
        payload |= {"view": shape, "container": {"type": "view", "view_id": place.id}}
        payload["trigger_id"] = slack.tickets.trigger(person.id, place.id)
    else:
        payload |= _on_message(slack, person, place)
        payload |= {"trigger_id": slack.tickets.trigger(person.id), "state": {"values": {}}}
    _send(slack, "action", "block_actions", payload)


def use_command(slack: Slack, person: Person, channel: Channel, command: str, text: str) -> None:
    if command not in slack.manifest.commands:
        raise CannotError(f"{command} is not a command of this app")
    _check_scope(slack)
    url = slack.tickets.response_url(Place(person.id, channel.id))
    form = {
        "token": VERIFICATION_TOKEN,
        "team_id": people.TEAM,
        "team_domain": people.DOMAIN,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.direct else channel.name,
        "user_id": person.id,
        "user_name": person.handle,
        "command": command,
        "text": text,
        "api_app_id": slack.app.id,
        "is_enterprise_install": "false",
        "response_url": f"{slack.url}/response/{url}",
        "trigger_id": slack.tickets.trigger(person.id),
    }

    def answered(delivery: Delivery) -> None:
        _show_answer(slack, person, channel, delivery)

    slack.dispatcher.send(Parcel("command", command, form["trigger_id"], form), answered)


def use_shortcut(slack: Slack, person: Person, callback_id: str, message: Message | None) -> None:
    scope = "message" if message else "global"
    if slack.manifest.shortcuts.get(callback_id) != scope:
        raise CannotError(f"{callback_id!r} is not a {scope} shortcut of this app")
    _check_scope(slack)
    kind = "message_action" if message else "shortcut"
    payload = _interaction(slack, kind, person) | {"callback_id": callback_id}
    payload["action_ts"] = f"{time.time():.6f}"
    payload["trigger_id"] = slack.tickets.trigger(person.id)
    if message:
        payload |= _on_message(slack, person, message) | {"message_ts": message.ts}
        payload.pop("container")
    _send(slack, "shortcut", kind, payload)


def submit(slack: Slack, person: Person, view: View, values: Json) -> None:
    """Press a modal's submit button. `values` are by block id, then by action id."""
    view.values = values
    payload = _interaction(slack, "view_submission", person)
    payload |= {"view": view.as_slack(), "response_urls": []}
    payload["trigger_id"] = slack.tickets.trigger(person.id, view.id)

    def answered(delivery: Delivery) -> None:
        modals.answered(slack, view, delivery)

    _send(slack, "view", "view_submission", payload, answered)


def close(slack: Slack, person: Person, view: View) -> None:
    """Dismiss a modal; the app hears of it where the view says so."""
    modals.shut(slack, view)
    if view.view.get("notify_on_close"):
        payload = _interaction(slack, "view_closed", person)
        _send(
            slack, "view", "view_closed", payload | {"view": view.as_slack(), "is_cleared": False}
        )


def _check_scope(slack: Slack) -> None:
    if "commands" not in slack.scopes:
        raise CannotError("the app was installed without the scope commands")


def _send(
    slack: Slack, kind: str, name: str, payload: Json, answered: Answered | None = None
) -> None:
    if not slack.manifest.interactive:
        raise CannotError("interactivity is off in the app's manifest")
    slack.dispatcher.send(Parcel(kind, name, payload.get("trigger_id", ""), payload), answered)


def _interaction(slack: Slack, kind: str, person: Person) -> Json:
    user = {"id": person.id, "username": person.handle, "name": person.handle}
    return {
        "type": kind,
        "user": user | {"team_id": person.team},
        "team": _TEAM,
        "enterprise": None,
        "is_enterprise_install": False,
        "api_app_id": slack.app.id,
        "token": VERIFICATION_TOKEN,
    }


def _on_message(slack: Slack, person: Person, message: Message) -> Json:
    channel = slack.workspace.channels[message.channel]
    url = slack.tickets.response_url(Place(person.id, channel.id, message.ts))
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
    container |= {"is_ephemeral": message.ephemeral_to is not None}
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    return {
        "container": container,
        "channel": {"id": channel.id, "name": "directmessage" if channel.direct else channel.name},
        "message": message.as_slack(),
        "response_url": f"{slack.url}/response/{url}",
    }


def _find_element(blocks: list[Json], action_id: str, block_id: str) -> tuple[Json, str]:
    """The element to be used and its block's id, which Slack makes up where there is none."""
    for number, block in enumerate(blocks):
        own_id = str(block.get("block_id") or f"b{number}")
        if block_id in ("", own_id):
            for element in _elements(block):
                if element.get("action_id") == action_id:
                    return element, own_id
    raise CannotError(f"nothing there has the action id {action_id!r}")


def _elements(value: Any) -> Iterator[Json]:
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            yield from _elements(item)
    if isinstance(value, dict) and "type" in value:
        yield value


def _choice(element: Json, value: Any) -> Json:
    """What the action says was chosen, in the words of each kind of element."""
    match element["type"]:
        case "button" | "icon_button" | "workflow_button":
            return {key: element[key] for key in ("value", "text", "style") if key in element}
        case "feedback_buttons":
            buttons = [element["positive_button"], element["negative_button"]]
            button = next((b for b in buttons if value in (b["value"], b["text"]["text"])), None)
            if button is None:
                raise CannotError(f"no feedback button has the value {value!r}")
            return {"value": button["value"], "text": button["text"]}
        case "static_select" | "radio_buttons" | "overflow":
            options = [o for o in element.get("options", []) if o.get("value") == value]
            if not options:
                raise CannotError(f"no option has the value {value!r}")
            return {"selected_option": options[0]}
        case _:
            return {"value": value}


def _show_answer(slack: Slack, person: Person, channel: Channel, delivery: Delivery) -> None:
    """A command's HTTP answer is a message, too: text, or JSON as for a response_url."""
    body = delivery.response.strip()
    if not delivery.ok or not body:
        return
    try:
        answer = json.loads(body)
    except ValueError:
        answer = body
    answer = answer if isinstance(answer, dict) else {"text": body}
    try:
        response_urls.respond(slack, Place(person.id, channel.id), answer)
    except SlackError as error:
        delivery.error = error.code
