"""The control API's orders: each reads a JSON body, acts, or answers with why it cannot."""

import json
import secrets
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from slack_simulator.apps import installation
from slack_simulator.control import actions
from slack_simulator.control.actions import CannotError
from slack_simulator.events import interactions
from slack_simulator.events.dispatch import checked_url
from slack_simulator.events.url_verification import problem
from slack_simulator.rules.faults import Fault
from slack_simulator.shapes import Json
from slack_simulator.workspace.message import Message
from slack_simulator.workspace.people import Channel, Person
from slack_simulator.workspace.slack import Slack
from slack_simulator.workspace.workspace import View


def order(act: Callable[[Slack, Json], Json]) -> Callable[[Slack, Request], Awaitable[Response]]:
    """The route of an order."""

    async def run(slack: Slack, request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
            return JSONResponse(act(slack, body))
        except CannotError as error:
            return JSONResponse({"error": str(error)}, 409)
        except KeyError as error:
            return JSONResponse({"error": f"the order lacks {error}"}, 400)
        except (ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return run


def say(slack: Slack, body: Json) -> Json:
    person, channel = _place(slack, body)
    return {"channel": channel.id, "ts": actions.say(slack, person, channel, body).ts}


def post_as_app(slack: Slack, body: Json) -> Json:
    channel = slack.workspace.channel(body["channel"])
    if channel is None:
        raise CannotError(f"there is no channel {body['channel']!r}")
    return {"channel": channel.id, "ts": actions.post_as_app(slack, channel, body).ts}


def edit(slack: Slack, body: Json) -> Json:
    actions.edit(slack, _own_message(slack, body), body["text"])
    return {}


def delete(slack: Slack, body: Json) -> Json:
    slack.delete(_own_message(slack, body))
    return {}


def stop(slack: Slack, body: Json) -> Json:
    person, channel = _place(slack, body)
    return {"stopped": actions.stop(slack, person, channel, body["thread"])}


def click(slack: Slack, body: Json) -> Json:
    person = actions.find_person(slack, body["person"])
    place: Message | View
    if body.get("view"):
        place = _view(slack, person, body["view"])
    else:
        channel = actions.find_place(slack, person, body["channel"])
        place = actions.find_message(slack, channel.id, body["ts"])
    action, block = body["action_id"], body.get("block_id") or ""
    interactions.click(slack, person, place, action, block, body.get("value"))
    return {}


def command(slack: Slack, body: Json) -> Json:
    person, channel = _place(slack, body)
    interactions.use_command(slack, person, channel, body["command"], body.get("text", ""))
    return {}


def shortcut(slack: Slack, body: Json) -> Json:
    person = actions.find_person(slack, body["person"])
    message = None
    if body.get("ts"):
        channel = actions.find_place(slack, person, body["channel"])
        message = actions.find_message(slack, channel.id, body["ts"])
    interactions.use_shortcut(slack, person, body["callback_id"], message)
    return {}


def submit(slack: Slack, body: Json) -> Json:
    person = actions.find_person(slack, body["person"])
    view = _view(slack, person, body["view"])
    interactions.submit(slack, person, view, body.get("values") or {})
    return {}


def close(slack: Slack, body: Json) -> Json:
    person = actions.find_person(slack, body["person"])
    interactions.close(slack, person, _view(slack, person, body["view"]))
    return {}


def open_home(slack: Slack, body: Json) -> Json:
    person = actions.find_person(slack, body["person"])
    actions.open_home(slack, person, body.get("tab") or "home")
    return {"channel": slack.workspace.direct(person).id}


def context(slack: Slack, body: Json) -> Json:
    person = actions.find_person(slack, body["person"])
    return {"entities": actions.look_at(slack, person, body.get("channel") or "")}


def set_group(slack: Slack, body: Json) -> Json:
    users = [actions.find_person(slack, name).id for name in body["people"]]
    group = slack.workspace.group(body["group"])
    if group is None:
        raise CannotError(f"there is no user group {body['group']!r}")
    group.users = users
    return {"id": group.id}


def set_members(slack: Slack, body: Json) -> Json:
    channel = slack.workspace.channel(body["channel"])
    if channel is None:
        raise CannotError(f"there is no channel {body['channel']!r}")
    bot = [member for member in channel.members if member == slack.workspace.bot.id]
    channel.members = [actions.find_person(slack, name).id for name in body["people"]] + bot
    return {"id": channel.id}


def configure(slack: Slack, body: Json) -> Json:
    return installation.configure(slack, actions.find_person(slack, body["person"]))


def install(slack: Slack, body: Json) -> Json:
    return {"bot_token": installation.install(slack, body.get("app") or "")}


def consent(slack: Slack, body: Json) -> Json:
    person = actions.find_person(slack, body["person"])
    return {"code": installation.consent(slack, person, body.get("app") or "")}


def renew_token(slack: Slack, body: Json) -> Json:  # noqa: ARG001 - an order's shape
    slack.renew_token(f"xoxb-local-{secrets.token_hex(8)}")
    return {"bot_token": slack.bot_token}


def uninstall(slack: Slack, body: Json) -> Json:  # noqa: ARG001 - an order's shape
    slack.uninstall()
    return {}


def add_fault(slack: Slack, body: Json) -> Json:
    return slack.faults.order(Fault(**body)).as_json()


def clear_faults(slack: Slack, body: Json) -> Json:  # noqa: ARG001 - an order's shape
    slack.faults.clear()
    return {"faults": []}


def reset(slack: Slack, body: Json) -> Json:  # noqa: ARG001 - an order's shape
    slack.forget()
    return {}


async def settings(slack: Slack, request: Request) -> Response:
    """Change settings; a new request URL has to answer Slack's challenge first."""
    try:
        body = json.loads(await request.body() or b"{}")
        slack.limits.change(body.get("limits") or {})
        if "time_scale" in body:
            slack.clock.set_scale(body["time_scale"])
        if "ahead" in body:
            slack.workspace.ahead = float(body["ahead"])
        slack.clock.skip(float(body.get("skip") or 0))
        if body.get("request_url"):
            checked_url(body["request_url"])
    except (ValueError, TypeError, AttributeError) as error:
        return JSONResponse({"error": str(error)}, 400)
    if "request_url" in body:
        problem = await _set_url(slack, body["request_url"], body.get("verify", True))
        if problem:
            return JSONResponse({"error": problem}, 409)
    slack.show_settings()
    return JSONResponse(slack.settings_json())


async def disconnect(slack: Slack, request: Request) -> Response:
    """Ask the app in Socket Mode for other connections, as Slack does every few hours."""
    try:
        reason = json.loads(await request.body() or b"{}").get("reason", "refresh_requested")
    except (ValueError, AttributeError) as error:
        return JSONResponse({"error": str(error)}, 400)
    return JSONResponse({"connections": await slack.sockets.disconnect(reason)})


async def _set_url(slack: Slack, url: str | None, verify: bool) -> str:
    """Set the request URL; returns what is wrong with it, or nothing."""
    if url and verify and (wrong := await problem(slack, slack.app, url)):
        return wrong
    slack.app.url = url
    return ""


def _place(slack: Slack, body: Json) -> tuple[Person, Channel]:
    person = actions.find_person(slack, body["person"])
    return person, actions.find_place(slack, person, body["channel"])


def _own_message(slack: Slack, body: Json) -> Message:
    message = actions.find_message(slack, body["channel"], body["ts"])
    if message.by_bot:
        raise CannotError("people change their own messages, not the bot's")
    return message


def _view(slack: Slack, person: Person, view_id: str) -> View:
    home = slack.workspace.homes.get(person.id)
    view = home if home and home.id == view_id else slack.workspace.views.get(view_id)
    if view is None or not view.open or view.user != person.id:
        raise CannotError(f"{person.name} has no view {view_id} open")
    return view
