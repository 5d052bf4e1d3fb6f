"""Modals: opening, stacking, updating and closing them."""

import json
import secrets

from slack_simulator.rules.block_kit import check
from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.workspace.records import Delivery
from slack_simulator.workspace.slack import Slack
from slack_simulator.workspace.workspace import View


def checked(slack: Slack, view: Json | None, kind: str) -> Json:
    """A view that Slack would show. Raises SlackError."""
    if not isinstance(view, dict) or view.get("type") != kind:
        raise SlackError("invalid_arguments", f"view must be an object of type {kind}")
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        raise SlackError("invalid_arguments", "missing required field: blocks [/view]")
    if kind == "modal":
        title = (view.get("title") or {}).get("text") or ""
        if not 0 < len(title) <= 24:
            raise SlackError("invalid_arguments", "a title needs 1 to 24 characters [/view/title]")
        if any(block.get("type") == "input" for block in blocks) and not view.get("submit"):
            raise SlackError(
                "invalid_arguments", "input blocks need a submit button [/view/submit]"
            )
    check(blocks, slack.limits, "view_blocks")
    return view | {"hash": f"{secrets.token_hex(5)}.{secrets.token_hex(4)}"}


def opened(slack: Slack, user: str, shape: Json, below: View | None = None) -> View:
    view_id = "V" + secrets.token_hex(5).upper()
    root = below.root if below else view_id
    view = View(view_id, slack.app.id, user, shape, root, previous=below.id if below else None)
    slack.workspace.views[view_id] = view
    show(slack, view)
    return view


def changed(slack: Slack, view: View, shape: Json) -> None:
    view.view = shape
    show(slack, view)


def shut(slack: Slack, view: View) -> None:
    view.open = False
    show(slack, view)


def clear(slack: Slack, view: View) -> None:
    """Shut the whole stack a view belongs to."""
    for member in slack.workspace.views.values():
        if member.root == view.root and member.open:
            shut(slack, member)


def show(slack: Slack, view: View) -> None:
    shape = {"user": view.user, "open": view.open, "view": view.as_slack()}
    slack.feed.publish("view", shape)


def answered(slack: Slack, view: View, delivery: Delivery) -> None:
    """Do what the app's answer to a submission says; with none, the modal goes."""
    if not delivery.ok:
        return
    try:
        answer = json.loads(delivery.response or "{}")
    except ValueError:
        answer = {}
    action = answer.get("response_action") if isinstance(answer, dict) else None
    try:
        match action:
            case "errors":
                slack.feed.publish("view_errors", {"view": view.id, "errors": answer["errors"]})
            case "update":
                changed(slack, view, checked(slack, answer.get("view"), "modal"))
            case "push":
                opened(slack, view.user, checked(slack, answer.get("view"), "modal"), below=view)
            case "clear":
                clear(slack, view)
            case _:
                shut(slack, view)
    except SlackError as error:
        slack.feed.publish("view_errors", {"view": view.id, "errors": {"": error.code}})
