"""Files that people share: their objects, and the download of their bytes.

A token with `files:read` may download them. Others get Slack's login page: with status 200 where
the token lacks the scope, by a redirect where there is none (deno-slack-sdk #285).
"""

import asyncio
import base64
import mimetypes
import time
from collections.abc import Iterable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from slack_simulator.rules.connection import dropped
from slack_simulator.shapes import Json
from slack_simulator.workspace.people import TEAM, Person
from slack_simulator.workspace.records import Call
from slack_simulator.workspace.shared_file import SharedFile
from slack_simulator.workspace.slack import Slack

DOWNLOAD = "files.download"
"""What a download is called among the calls and in faults; Slack has no such method."""

_LOGIN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body></body></html>"


def share(slack: Slack, person: Person, orders: Iterable[Json]) -> list[Json]:
    """Keep what a person drops in; returns the file objects. `data` comes as base64."""
    return [_keep(slack, person, dict(order)).as_slack() for order in orders]


async def download(slack: Slack, request: Request) -> Response:
    """`url_private_download`, or `url_private`: the bytes, for those who may have them."""
    file_id = request.path_params["team_and_id"].removeprefix(f"{TEAM}-")
    call = Call(next(slack.call_ids), DOWNLOAD, {"file": file_id})
    slack.calls.append(call)
    fault = slack.faults.pick("api", DOWNLOAD, call.args)
    call.fault = fault.action if fault else None
    if fault and fault.action == "delay":
        await asyncio.sleep(fault.seconds)
    if fault and fault.action in ("drop", "lose_ack"):
        response = await dropped(request)
    elif fault and fault.action in ("status", "error"):
        response = PlainTextResponse("", fault.status)
    else:
        response = _answer(slack, request.headers.get("authorization", ""), file_id)
    call.status = 0 if call.fault in ("drop", "lose_ack") else response.status_code
    call.ok = call.status == 200 and response.media_type != "text/html"
    call.duration = (time.time() - call.started) * 1_000
    slack.feed.publish("call", {"call": call.as_json()})
    return response


async def login(slack: Slack, request: Request) -> Response:  # noqa: ARG001 - a route's shape
    return HTMLResponse(_LOGIN)


def _keep(slack: Slack, person: Person, order: Json) -> SharedFile:
    name, data = str(order.pop("name")), order.pop("data", "")
    file = SharedFile(
        id=order.get("id") or f"F{len(slack.workspace.files) + 1:08d}",
        name=name,
        mimetype=order.pop("mimetype", None) or mimetypes.guess_type(name)[0] or "text/plain",
        user=person.id,
        url=slack.url,
        data=None if data is None else base64.b64decode(data, validate=True),
        overrides=order,
    )
    slack.workspace.files[file.id] = file
    return file


def _answer(slack: Slack, authorization: str, file_id: str) -> Response:
    if authorization != f"Bearer {slack.bot_token}":
        return RedirectResponse(f"{slack.url}/login?redir={file_id}", 302)
    if "files:read" not in slack.scopes:
        return HTMLResponse(_LOGIN)
    file = slack.workspace.files.get(file_id)
    if file is None or file.data is None:
        return PlainTextResponse("", 404)
    disposition = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
    return Response(file.data, media_type=file.mimetype, headers=disposition)
