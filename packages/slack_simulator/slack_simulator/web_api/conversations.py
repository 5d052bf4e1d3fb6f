"""conversations.*: channels, their members and their messages."""

import base64
from collections.abc import Sequence
from typing import TypeVar

from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.web_api.registry import HISTORY, READ, Args, Method, find_channel
from slack_simulator.workspace.message import Message
from slack_simulator.workspace.people import BOT_USER, TEAM, Channel
from slack_simulator.workspace.slack import Slack

T = TypeVar("T")


def replies(slack: Slack, args: Args) -> Json:
    channel, ts = find_channel(slack, args.need("channel")), args.need("ts")
    message = slack.workspace.message(channel.id, ts)
    thread = slack.workspace.thread(channel.id, message.root if message else ts)
    if not thread:
        raise SlackError("thread_not_found")
    return _messages(slack, _between(thread, args), args)


def history(slack: Slack, args: Args) -> Json:
    channel = find_channel(slack, args.need("channel"))
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    messages = [
        message
        for message in slack.workspace.visible(channel.id)
        if message.root == message.ts or message.subtype == "thread_broadcast"
    ]
    return _messages(slack, _between(messages, args)[::-1], args)


def info(slack: Slack, args: Args) -> Json:
    channel = find_channel(slack, args.need("channel"))
    return {"ok": True, "channel": _channel(slack, channel)}


def open_direct(slack: Slack, args: Args) -> Json:
    if args.text("channel"):
        channel = find_channel(slack, args.text("channel"))
    else:
        users = [user for user in args.text("users").strip("[]").split(",") if user]
        if not users:
            raise SlackError("users_list_not_supplied")
        if len(users) > 1:
            raise SlackError("invalid_user_combination", "group messages are not simulated")
        person = slack.workspace.people.get(users[0])
        if person is None or person.bot:
            raise SlackError("user_not_found")
        channel = slack.workspace.direct(person)
    shape = _channel(slack, channel) if args.flag("return_im") else {"id": channel.id}
    return {"ok": True, "channel": shape}


def list_channels(slack: Slack, args: Args) -> Json:
    types = args.text("types", "public_channel").split(",")
    channels = [
        channel
        for channel in slack.workspace.channels.values()
        if ("im" if channel.direct else "public_channel") in types
    ]
    page, cursor = paginate(channels, args, 100)
    shapes = [_channel(slack, channel) for channel in page]
    return {"ok": True, "channels": shapes, "response_metadata": {"next_cursor": cursor}}


def members(slack: Slack, args: Args) -> Json:
    channel = find_channel(slack, args.need("channel"))
    page, cursor = paginate(channel.members, args, 100)
    return {"ok": True, "members": page, "response_metadata": {"next_cursor": cursor}}


def paginate(
    items: Sequence[T], args: Args, default: int, most: int = 1_000
) -> tuple[list[T], str]:
    """A page of items and the cursor of the next, "" after the last. Raises SlackError."""
    limit = args.number("limit", default)
    if not 1 <= limit <= 1_000:
        raise SlackError("invalid_limit")
    limit = min(limit, most)
    start = 0
    if cursor := args.text("cursor"):
        try:
            start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("at:"))
        except ValueError:
            raise SlackError("invalid_cursor") from None
    more = start + limit < len(items)
    following = base64.b64encode(f"at:{start + limit}".encode()).decode() if more else ""
    return list(items[start : start + limit]), following


def _messages(slack: Slack, messages: list[Message], args: Args) -> Json:
    page, cursor = paginate(messages, args, 100, int(slack.limits["page"]))
    answer: Json = {"ok": True, "messages": [slack.workspace.with_replies(m) for m in page]}
    if not args.flag("include_all_metadata"):
        for shape in answer["messages"]:
            shape.pop("metadata", None)
    answer["has_more"] = bool(cursor)
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _between(messages: list[Message], args: Args) -> list[Message]:
    """`oldest` and `latest` are open ends unless `inclusive` is set."""
    oldest, latest = _ts(args, "oldest", 0.0), _ts(args, "latest", float("inf"))
    if args.flag("inclusive"):
        return [m for m in messages if oldest <= float(m.ts) <= latest]
    return [m for m in messages if oldest < float(m.ts) < latest]


def _ts(args: Args, name: str, default: float) -> float:
    try:
        return float(args.text(name) or default)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _channel(slack: Slack, channel: Channel) -> Json:
    teams = {slack.workspace.people[member].team for member in channel.members}
    shared = len(teams) > 1
    shape: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_im": channel.direct,
        "is_channel": not channel.direct,
        "is_private": channel.direct,
        "is_archived": False,
        "is_mpim": False,
        "is_shared": shared and not channel.direct,
        "is_org_shared": False,
        "is_ext_shared": shared and not channel.direct,
        "is_pending_ext_shared": False,
        "connected_team_ids": sorted(teams - {TEAM}),
        "context_team_id": TEAM,
        "num_members": len(channel.members),
    }
    if channel.direct:
        return shape | {"user": channel.person}
    member = BOT_USER in channel.members
    topic = {"value": channel.topic, "creator": "", "last_set": 0}
    return shape | {"name": channel.name, "is_member": member, "topic": topic, "is_general": False}


METHODS = {
    "conversations.replies": Method(replies, (HISTORY,)),
    "conversations.history": Method(history, (HISTORY,)),
    "conversations.info": Method(info, (READ,)),
    "conversations.open": Method(open_direct, ("im:write",)),
    "conversations.list": Method(list_channels, (READ,)),
    "conversations.members": Method(members, (READ,)),
}
