"""usergroups.*: the groups of people, and who is in them."""

from slack_simulator.shapes import Json
from slack_simulator.web_api.registry import Args, Method
from slack_simulator.workspace.slack import Slack


def list_groups(slack: Slack, args: Args) -> Json:
    groups = [g.as_slack(args.flag("include_users")) for g in slack.workspace.groups.values()]
    return {"ok": True, "usergroups": groups}


METHODS = {"usergroups.list": Method(list_groups, ("usergroups:read",))}
