"""views.*: modals and App Home."""

import secrets

from slack_simulator.events.tickets import Trigger
from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.web_api.registry import Args, Method
from slack_simulator.workspace import modals
from slack_simulator.workspace.slack import Slack
from slack_simulator.workspace.workspace import View


def open_view(slack: Slack, args: Args) -> Json:
    trigger = _trigger(slack, args)
    view = modals.opened(slack, trigger.user, modals.checked(slack, args.json("view"), "modal"))
    return {"ok": True, "view": view.as_slack()}


def push(slack: Slack, args: Args) -> Json:
    trigger = _trigger(slack, args)
    below = slack.workspace.views.get(trigger.view or "")
    if below is None or not below.open:
        raise SlackError("not_found")
    stack = [v for v in slack.workspace.views.values() if v.root == below.root and v.open]
    if len(stack) >= 3:
        raise SlackError("push_limit_reached")
    shape = modals.checked(slack, args.json("view"), "modal")
    return {"ok": True, "view": modals.opened(slack, trigger.user, shape, below).as_slack()}


def update(slack: Slack, args: Args) -> Json:
    view = _find(slack, args)
    _check_hash(view, args)
    modals.changed(slack, view, modals.checked(slack, args.json("view"), "modal"))
    return {"ok": True, "view": view.as_slack()}


def publish(slack: Slack, args: Args) -> Json:
    user = args.need("user_id")
    if slack.manifest.tab_is_off("home"):
        raise SlackError("not_enabled")
    if user not in slack.workspace.people:
        raise SlackError("invalid_arguments", f"no such user: {user}")
    home = slack.workspace.homes.get(user)
    if home:
        _check_hash(home, args)
    shape = modals.checked(slack, args.json("view"), "home")
    if home is None:
        view_id = "V" + secrets.token_hex(5).upper()
        home = slack.workspace.homes[user] = View(view_id, slack.app.id, user, shape, view_id)
    home.view = shape
    slack.feed.publish("home", {"user": user, "view": home.as_slack()})
    return {"ok": True, "view": home.as_slack()}


def _trigger(slack: Slack, args: Args) -> Trigger:
    trigger = slack.tickets.take_trigger(args.need("trigger_id"))
    if isinstance(trigger, str):
        raise SlackError(trigger)
    return trigger


def _find(slack: Slack, args: Args) -> View:
    if view_id := args.text("view_id"):
        view = slack.workspace.views.get(view_id)
    else:
        external = args.need("external_id")
        matching = [
            v for v in slack.workspace.views.values() if v.view.get("external_id") == external
        ]
        view = matching[-1] if matching else None
    if view is None or not view.open:
        raise SlackError("not_found")
    return view


def _check_hash(view: View, args: Args) -> None:
    if args.text("hash") not in ("", view.view["hash"]):
        raise SlackError("hash_conflict")


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
