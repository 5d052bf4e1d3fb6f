"""files.info: a file's object."""

from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.web_api.registry import Args, Method
from slack_simulator.workspace.slack import Slack


def info(slack: Slack, args: Args) -> Json:
    file = slack.workspace.files.get(args.need("file"))
    if file is None:
        raise SlackError("file_not_found")
    if file.data is None:
        raise SlackError("file_deleted")
    return {"ok": True, "file": file.as_slack()}


METHODS = {"files.info": Method(info, ("files:read",))}
