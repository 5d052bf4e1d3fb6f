"""usergroups.*: who belongs together."""

from scripts.simulator.shapes import Json
from scripts.simulator.slack import Slack
from scripts.simulator.web_api.registry import Args, Method


def list_groups(slack: Slack, args: Args) -> Json:
    found = [g.as_slack(args.flag("include_users")) for g in slack.workspace.groups.values()]
    return {"ok": True, "usergroups": found}


METHODS = {"usergroups.list": Method(list_groups, ("usergroups:read",))}
