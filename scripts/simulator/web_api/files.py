"""files.info: what Slack knows of a file."""

from scripts.simulator.errors import SlackError
from scripts.simulator.shapes import Json
from scripts.simulator.slack import Slack
from scripts.simulator.web_api.registry import Args, Method


def info(slack: Slack, args: Args) -> Json:
    file = slack.workspace.files.get(args.need("file"))
    if file is None:
        raise SlackError("file_not_found")
    if file.data is None:
        raise SlackError("file_deleted")
    return {"ok": True, "file": file.as_slack()}


METHODS = {"files.info": Method(info, ("files:read",))}
