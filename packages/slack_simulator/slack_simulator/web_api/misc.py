"""auth, team, bots and reactions: families of one or two methods."""

from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.web_api.registry import Args, Method, find_channel
from slack_simulator.workspace import people
from slack_simulator.workspace.message import Message
from slack_simulator.workspace.people import BOT, BOT_USER
from slack_simulator.workspace.slack import Slack


def auth_test(slack: Slack, args: Args) -> Json:  # noqa: ARG001 - methods have one shape
    return {
        "ok": True,
        "url": f"https://{people.DOMAIN}.slack.com/",
        "team": people.TEAM_NAME,
        "user": slack.workspace.bot.handle,
        "team_id": people.TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


def team_info(slack: Slack, args: Args) -> Json:  # noqa: ARG001 - methods have one shape
    if args.text("team", people.TEAM) != people.TEAM:
        raise SlackError("team_not_found")
    team = {"id": people.TEAM, "name": people.TEAM_NAME, "domain": people.DOMAIN}
    return {"ok": True, "team": team}


def bots_info(slack: Slack, args: Args) -> Json:
    if args.text("bot", BOT) != BOT:
        raise SlackError("bot_not_found")
    bot = {"id": BOT, "name": slack.manifest.name, "app_id": slack.app.id, "user_id": BOT_USER}
    return {"ok": True, "bot": bot | {"deleted": False}}


def add_reaction(slack: Slack, args: Args) -> Json:
    message, users = _reaction(slack, args)
    if BOT_USER in users:
        raise SlackError("already_reacted")
    users.append(BOT_USER)
    slack.show(message, "changed")
    return {"ok": True}


def remove_reaction(slack: Slack, args: Args) -> Json:
    message, users = _reaction(slack, args)
    if BOT_USER not in users:
        raise SlackError("no_reaction")
    users.remove(BOT_USER)
    slack.show(message, "changed")
    return {"ok": True}


def _reaction(slack: Slack, args: Args) -> tuple[Message, list[str]]:
    channel, name = find_channel(slack, args.need("channel")), args.need("name").strip(":")
    message = slack.workspace.message(channel.id, args.need("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    return message, message.reactions.setdefault(name, [])


METHODS = {
    "auth.test": Method(auth_test),
    "team.info": Method(team_info, ("team:read",)),
    "bots.info": Method(bots_info, ("users:read",)),
    "reactions.add": Method(add_reaction, ("reactions:write",)),
    "reactions.remove": Method(remove_reaction, ("reactions:write",)),
}
