"""The control API's reads: what is in the workspace, and waiting for something to happen."""

import json
import time
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from slack_simulator.control import actions
from slack_simulator.shapes import Json
from slack_simulator.workspace import people
from slack_simulator.workspace.slack import Slack

GLANCE = 0.1
"""Seconds between two looks at what changes by time alone, such as a stream's end."""


async def state(slack: Slack, request: Request) -> Response:  # noqa: ARG001 - a route's shape
    workspace = slack.workspace
    bot = {"id": people.BOT_USER, "bot_id": people.BOT, "name": slack.manifest.name}
    return JSONResponse(
        {
            "team": {"id": people.TEAM, "name": people.TEAM_NAME},
            "bot": bot,
            "people": [_person(p) for p in workspace.people.values() if not p.bot],
            "channels": [_channel(c) for c in workspace.channels.values()],
            "sessions": [slack.session_json(*key) for key in workspace.sessions],
            "prompts": list(workspace.prompts.values()),
            "commands": slack.manifest.raw.get("features", {}).get("slash_commands", []),
            "shortcuts": slack.manifest.raw.get("features", {}).get("shortcuts", []),
            "manifest": slack.manifest.raw,
            "settings": slack.settings_json(),
            "last": slack.feed.last,
        }
    )


async def messages(slack: Slack, request: Request) -> Response:
    query = request.query_params
    channel = _channel_id(slack, query.get("channel", ""))
    shapes: list[Json] = []
    for message in slack.workspace.messages.get(channel, {}).values():
        in_thread = query.get("thread", message.root) == message.root
        if in_thread and (not message.deleted or query.get("deleted") == "true"):
            shapes.append(slack.message_json(message))
    return JSONResponse({"messages": shapes})


async def calls(slack: Slack, request: Request) -> Response:
    method = request.query_params.get("method")
    matching = [call.as_json() for call in slack.calls if method in (None, call.method)]
    return JSONResponse({"calls": matching})


async def deliveries(slack: Slack, request: Request) -> Response:
    kind = request.query_params.get("type")
    matching = [d.as_json() for d in slack.dispatcher.deliveries if kind in (None, d.type)]
    return JSONResponse({"deliveries": matching})


async def views(slack: Slack, request: Request) -> Response:
    person = slack.workspace.person(request.query_params.get("person", ""))
    if person is None:
        return JSONResponse({"error": "no such person"}, 404)
    home = slack.workspace.homes.get(person.id)
    views = [v for v in slack.workspace.views.values() if v.user == person.id and v.open]
    shapes = [view.as_slack() for view in views]
    return JSONResponse({"views": shapes, "home": home.as_slack() if home else None})


async def faults(slack: Slack, request: Request) -> Response:  # noqa: ARG001 - a route's shape
    return JSONResponse({"faults": slack.faults.as_json()})


async def wait(slack: Slack, request: Request) -> Response:
    """Answers as soon as the thread has a finished answer, or when the seconds are over."""
    query = request.query_params
    channel, thread = _channel_id(slack, query.get("channel", "")), query.get("thread", "")
    until = time.monotonic() + float(query.get("seconds", "10"))
    if channel not in slack.workspace.messages:
        return JSONResponse({"error": "no such channel"}, 404)
    while True:
        answer = actions.answer(slack, channel, thread, query.get("after"))
        if answer:
            return JSONResponse({"message": slack.message_json(answer), "why": ""})
        if slack.feed.closed or (seconds := until - time.monotonic()) <= 0:
            return JSONResponse({"message": None, "why": _why(slack, channel, thread)})
        await slack.feed.news(min(seconds, GLANCE))


async def news(slack: Slack, request: Request) -> Response:
    """What happened after number `since`, waiting up to `seconds` for the first of it."""
    since = int(request.query_params.get("since", "0"))
    until = time.monotonic() + float(request.query_params.get("seconds", "0"))
    while not (items := slack.feed.after(since)) and not slack.feed.closed:
        if (seconds := until - time.monotonic()) <= 0:
            break
        await slack.feed.news(seconds)
    return JSONResponse({"items": items, "last": slack.feed.last})


async def idle(slack: Slack, request: Request) -> Response:
    """Waits until no delivery is under way or due to be tried again."""
    until = time.monotonic() + float(request.query_params.get("seconds", "10"))
    while slack.dispatcher.busy and time.monotonic() < until and not slack.feed.closed:
        await slack.feed.news(GLANCE)
    return JSONResponse({"idle": not slack.dispatcher.busy})


async def feed(slack: Slack, request: Request) -> Response:
    """Server-sent events: `id` is the number, `event` the kind, `data` the happening as JSON."""
    last = request.headers.get("last-event-id") or request.query_params.get("since", "0")

    async def lines() -> AsyncIterator[str]:
        yield ": the workspace, as it happens\n\n"
        async for item in slack.feed.follow(int(last)):
            if item is None:
                yield ": still here\n\n"
            else:
                data = json.dumps(item, ensure_ascii=False)
                yield f"id: {item['seq']}\nevent: {item['kind']}\ndata: {data}\n\n"

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)


def _channel_id(slack: Slack, name: str) -> str:
    channel = slack.workspace.channel(name)
    return channel.id if channel else name


def _why(slack: Slack, channel: str, thread: str) -> str:
    """What there was in place of an answer, for the reader of a failed test."""
    replies = slack.workspace.thread(channel, thread)
    session = slack.session_json(channel, thread)
    last = slack.dispatcher.deliveries[-1:]
    outcome = [f"{d.type}: {d.error or d.status or 'under way'}" for d in last]
    streams = [m.stream.state for m in replies if m.stream]
    bots = sum(1 for message in replies if message.by_bot)
    return (
        f"{bots} messages by the bot among {len(replies)}; streams {streams}; "
        f"status {session['status']!r}, line {session['line']!r}; last delivery {outcome}"
    )


def _person(person: people.Person) -> Json:
    return {
        "id": person.id,
        "handle": person.handle,
        "name": person.name,
        "title": person.title,
        "guest": person.guest,
        "stranger": person.stranger,
        "team": person.team,
    }


def _channel(channel: people.Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "topic": channel.topic,
        "direct": channel.direct,
        "person": channel.person,
        "members": channel.members,
    }
