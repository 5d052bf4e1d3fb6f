"""users.*: who is who."""

from scripts.simulator.errors import SlackError
from scripts.simulator.shapes import Json
from scripts.simulator.slack import Slack
from scripts.simulator.web_api.conversations import paginate
from scripts.simulator.web_api.registry import Args, Method


def info(slack: Slack, args: Args) -> Json:
    person = slack.workspace.people.get(args.need("user"))
    if person is None:
        raise SlackError("user_not_found")
    return {"ok": True, "user": person.as_slack()}


def list_users(slack: Slack, args: Args) -> Json:
    page, cursor = paginate(list(slack.workspace.people.values()), args, 1_000)
    shapes = [person.as_slack() for person in page]
    return {"ok": True, "members": shapes, "response_metadata": {"next_cursor": cursor}}


METHODS = {
    "users.info": Method(info, ("users:read",)),
    "users.list": Method(list_users, ("users:read",)),
}
