"""/api/<method>: reads a call, checks its token and scopes, runs its method, and records it."""

import asyncio
import json
import time
from base64 import b64decode
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from slack_simulator.rules.connection import dropped
from slack_simulator.rules.errors import SlackError
from slack_simulator.rules.faults import Fault
from slack_simulator.shapes import Json
from slack_simulator.web_api import METHODS
from slack_simulator.web_api.registry import Args, Method
from slack_simulator.workspace.records import Call
from slack_simulator.workspace.slack import Slack

_MALFORMED = "(not a JSON object)"


async def handle(slack: Slack, request: Request) -> Response:
    method = request.path_params["method"]
    start = time.perf_counter()
    values = await _read(request)
    token = _token(request, values)
    call = Call(next(slack.call_ids), method, _without_secrets(values))
    slack.calls.append(call)
    fault = slack.faults.pick("api", method, values)
    if fault:
        call.fault = fault.action
    delay = fault.seconds if fault and fault.action == "delay" else 0
    if fault and not fault.after:
        await asyncio.sleep(delay)
    status, headers = await _perform(slack, call, values, token, fault)
    if fault and fault.after:
        await asyncio.sleep(delay)
    call.status, call.ok = status, status == 200 and bool(call.response.get("ok"))
    call.error = call.response.get("error")
    call.duration = (time.perf_counter() - start) * 1_000
    slack.feed.publish("call", {"call": call.as_json()})
    if status == 0:
        return await dropped(request)
    return JSONResponse(call.response, status, headers)


async def _perform(
    slack: Slack, call: Call, values: Json, token: str, fault: Fault | None
) -> tuple[int, Mapping[str, str]]:
    """Fill in the call's response; returns the HTTP status (0: drop it) and headers."""
    if fault and fault.moment == "before":
        return _break(call, fault)
    if fault and fault.action == "end_stream":
        _end_stream(slack, call)
    wait = _must_wait(slack, call)
    if wait:
        call.response = {"ok": False, "error": "ratelimited"}
        return 429, {"Retry-After": str(wait)}
    call.response = await _answer(slack, call, Args(values), token)
    if fault and fault.moment == "after":
        return _break(call, fault)
    return 200, _granted(slack) if token and token == slack.bot_token else {}


def _granted(slack: Slack) -> Mapping[str, str]:
    return {"X-OAuth-Scopes": ",".join(sorted(slack.scopes))}


def _must_wait(slack: Slack, call: Call) -> int:
    if not slack.limits["rates"] or call.method not in METHODS:
        return 0
    return slack.rates.wait(call.method, str(call.args.get("channel", "")))


async def _answer(slack: Slack, call: Call, args: Args, token: str) -> Json:
    try:
        if _MALFORMED in args.values:
            raise SlackError("invalid_json")
        if call.method not in METHODS:
            raise SlackError("unknown_method", req_method=call.method)
        method = METHODS[call.method]
        _authenticate(slack, method, token)
        if missing := method.missing(slack, args):
            provided = ",".join(sorted(slack.scopes))
            raise SlackError("missing_scope", needed=missing, provided=provided)
        answer = method.run(slack, args)
        return answer if isinstance(answer, dict) else await answer
    except SlackError as error:
        return error.as_json()
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        # An argument with an inside that nobody foresaw: a number for a list, and the like.
        return SlackError("invalid_arguments", f"malformed: {error!r}").as_json()


def _authenticate(slack: Slack, method: Method, token: str) -> None:
    if method.caller == "anyone":
        return
    if not token:
        raise SlackError("not_authed")
    if token in slack.revoked:
        raise SlackError("token_revoked")
    caller = _caller(slack, token)
    if not caller:
        raise SlackError("invalid_auth")
    if caller != method.caller:
        raise SlackError("not_allowed_token_type")
    if caller == "configuration":
        slack.configuration.check(token)


def _caller(slack: Slack, token: str) -> str:
    """Whose token it is, in the words of `Method.caller`; nothing if it is nobody's."""
    if slack.configuration.knows(token):
        return "configuration"
    return {slack.app.app_token: "app", slack.bot_token: "bot"}.get(token, "")


def _end_stream(slack: Slack, call: Call) -> None:
    message = slack.workspace.message(str(call.args.get("channel")), str(call.args.get("ts")))
    if message and message.stream and message.stream.live:
        message.stream.end("expired")
        slack.show(message, "changed")


def _break(call: Call, fault: Fault) -> tuple[int, Mapping[str, str]]:
    if fault.meanwhile:
        fault.meanwhile()
    if fault.action in ("drop", "lose_ack"):
        return 0, {}
    if fault.action == "error":
        call.response = {"ok": False, "error": fault.error}
        return 200, {}
    call.response = {
        "ok": False,
        "error": "ratelimited" if fault.status == 429 else "internal_error",
    }
    wait = 1 if fault.retry_after is None else fault.retry_after
    return fault.status, {"Retry-After": str(wait)} if fault.status == 429 else {}


async def _read(request: Request) -> Json:
    """The arguments: query, form and JSON, the later ones winning."""
    values: Json = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json") and body:
        try:
            fields = json.loads(body)
        except ValueError:
            fields = None
        values |= fields if isinstance(fields, dict) else {_MALFORMED: True}
    elif kind.startswith("multipart/form-data"):
        values |= {name: str(value) for name, value in (await request.form()).items()}
    elif body:
        values |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return values


def _token(request: Request, values: Json) -> str:
    """The token, taken out of the arguments; a client's id and secret, put among them."""
    argument = str(values.pop("token", ""))
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        values["client_id"], _, values["client_secret"] = b64decode(token).decode().partition(":")
    return token.strip() if scheme.lower() == "bearer" else argument


def _without_secrets(values: Json) -> Json:
    """The arguments as they are recorded: without the secret ones."""
    secret = ("client_secret", "refresh_token", "code")
    return {name: value for name, value in values.items() if name not in secret}
