"""users.*: the people of the workspace."""

from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.web_api.conversations import paginate
from slack_simulator.web_api.registry import Args, Method
from slack_simulator.workspace.slack import Slack


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
