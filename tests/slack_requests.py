"""Requests as Slack sends them, signed, in the shape in which API Gateway hands them over."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]

SECRET = "not-a-real-secret"
TEAM, CHANNEL, DIRECT = "T1", "C1", "D1"
PERSON, BOT_USER = "U1", "UBOT"

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def signed(
    body: bytes | str,
    content_type: str = JSON,
    *,
    secret: str = SECRET,
    at: float | None = None,
    headers: dict[str, str] | None = None,
    base64_body: bool = False,
) -> Json:
    """Return a signed HTTP API event (payload format 2.0); `headers` are set last.

    Text bodies that are not UTF-8 have to go as Base64, as API Gateway sends them.
    """
    raw = body if isinstance(body, bytes) else body.encode(errors="surrogatepass")
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()
    return {
        "version": "2.0",
        "routeKey": "POST /slack/events",
        "rawPath": "/slack/events",
        "rawQueryString": "",
        "headers": {
            "content-type": content_type,
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={digest}",
            **(headers or {}),
        },
        "requestContext": {"http": {"method": "POST", "path": "/slack/events"}},
        "body": base64.b64encode(raw).decode() if base64_body else raw.decode(),
        "isBase64Encoded": base64_body,
    }


def event_request(event: Json, *, envelope: Json | None = None, **how: Any) -> Json:
    """Sign an event in its envelope, whose fields `envelope` replaces."""
    return signed(json.dumps(event_callback(event, **(envelope or {}))), JSON, **how)


def command_request(command: Json, **how: Any) -> Json:
    """Sign a slash command; forms come as Base64, as from API Gateway."""
    return signed(urlencode(command), FORM, **{"base64_body": True, **how})


def interaction_request(payload: Json, **how: Any) -> Json:
    """Sign an interaction: a form whose one field is JSON."""
    return signed(urlencode({"payload": json.dumps(payload)}), FORM, **{"base64_body": True, **how})


def event_callback(event: Json, **fields: Any) -> Json:
    return {
        "token": "not-a-real-token",
        "team_id": TEAM,
        "api_app_id": "A1",
        "type": "event_callback",
        "event": event,
        "event_id": f"Ev{event.get('event_ts', event.get('ts', '0'))}",
        "event_time": 1_700_000_000,
        "authorizations": [
            {"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
        ],
        **fields,
    }


def mention(text: str = "Is Friday off?", ts: str = "1.1", **fields: Any) -> Json:
    """Return an `app_mention` in a channel; `thread_ts` puts it into a thread."""
    text = f"<@{BOT_USER}> {text}"
    event = {"type": "app_mention", "channel": CHANNEL, "user": PERSON, "text": text, "ts": ts}
    return {**event, "event_ts": ts, **fields}


def channel_message(text: str = "Is Friday off?", ts: str = "1.1", **fields: Any) -> Json:
    """Return a `message` in a channel, without a mention unless `text` holds one."""
    event = {"type": "message", "channel": CHANNEL, "channel_type": "channel", "user": PERSON}
    return {**event, "text": text, "ts": ts, "event_ts": ts, **fields}


def direct_message(text: str = "Is Friday off?", ts: str = "1.1", **fields: Any) -> Json:
    """Return a `message` to the bot alone."""
    return channel_message(text, ts, **{"channel": DIRECT, "channel_type": "im", **fields})


def edited(before: Json, text: str, at: str = "2.2") -> Json:
    """Return the event that tells of a message's new text."""
    after = {**before, "text": text, "edited": {"user": before["user"], "ts": at}}
    return _change(before, "message_changed", at, message=after)


def deleted(before: Json, at: str = "2.2") -> Json:
    """Return the event that tells that a message is gone."""
    return _change(before, "message_deleted", at, deleted_ts=before["ts"])


def _change(before: Json, subtype: str, at: str, **fields: Any) -> Json:
    event = {"type": "message", "subtype": subtype, "hidden": True, "channel": before["channel"]}
    event |= {"channel_type": before.get("channel_type", "channel"), "ts": at, "event_ts": at}
    return {**event, "previous_message": before, **fields}


def stop(thread: str = "1.1", at: str = "2.2", **fields: Any) -> Json:
    """Return the event of the native stop button."""
    event = {"type": "agent_session_stopped", "channel": CHANNEL, "user": PERSON, "event_ts": at}
    return {**event, "thread_ts": thread, "streaming_message_ts": ["1.5"], **fields}


def home_opened(tab: str = "home", **fields: Any) -> Json:
    event = {"type": "app_home_opened", "user": PERSON, "channel": DIRECT, "tab": tab}
    return {**event, "event_ts": "3.3", **fields}


def command(text: str = "Is Friday off?", **fields: str) -> Json:
    return {
        "token": "not-a-real-token",
        "team_id": TEAM,
        "channel_id": CHANNEL,
        "user_id": PERSON,
        "command": "/ask",
        "text": text,
        "api_app_id": "A1",
        "response_url": "http://127.0.0.1:9/commands/1",
        "trigger_id": "13.37.fake",
        **fields,
    }


def button(action_id: str = "feedback", value: str = "good", **fields: Any) -> Json:
    """Return the `block_actions` of a button under the answer 1.5 in the thread 1.1."""
    return {
        "type": "block_actions",
        "token": "not-a-real-token",
        "team": {"id": TEAM, "domain": "example"},
        "user": {"id": PERSON, "team_id": TEAM},
        "api_app_id": "A1",
        "trigger_id": "13.37.fake",
        "container": {"type": "message", "message_ts": "1.5", "channel_id": CHANNEL},
        "channel": {"id": CHANNEL, "name": "general"},
        "message": {"ts": "1.5", "thread_ts": "1.1", "text": "Yes.", "bot_id": "B1"},
        "actions": [{"type": "button", "action_id": action_id, "value": value}],
        **fields,
    }


def shortcut(**fields: Any) -> Json:
    """Return a global shortcut, which belongs to no channel."""
    return {
        "type": "shortcut",
        "token": "not-a-real-token",
        "team": {"id": TEAM, "domain": "example"},
        "user": {"id": PERSON, "team_id": TEAM},
        "callback_id": "ask",
        "trigger_id": "13.37.fake",
        **fields,
    }


def message_shortcut(**fields: Any) -> Json:
    """Return a shortcut on the message 1.1."""
    message = {"type": "message", "user": PERSON, "ts": "1.1", "text": "Is Friday off?"}
    about = {"channel": {"id": CHANNEL, "name": "general"}, "message": message}
    return shortcut(**{"type": "message_action", **about, "message_ts": "1.1", **fields})


def submission(**fields: Any) -> Json:
    """Return the submission of a modal."""
    view = {"id": "V1", "type": "modal", "callback_id": "ask", "state": {"values": {}}}
    return shortcut(**{"type": "view_submission", "view": view, **fields})
