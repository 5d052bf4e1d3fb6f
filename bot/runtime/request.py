"""Reads what API Gateway hands over: untrusted bytes in, a kind of request and its body out."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qsl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

MAX_BYTES = 1_048_576
"""What an SQS message holds, and so the most that can be passed on."""

MAX_DEPTH = 100
"""Slack nests about 15 deep. The worker parses again, from further down its own stack."""

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

_KINDS = {
    "block_actions": "action",
    "message_action": "shortcut",
    "shortcut": "shortcut",
    "view_submission": "view",
    "view_closed": "view",
}


class Refused(Exception):
    """The request is not taken. `why` is fixed text: nothing that was sent gets into it."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def headers_of(http: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers in lower case, a repeated one joined with a comma as API Gateway does."""
    headers: dict[str, str] = {}
    for name, value in (http.get("headers") or {}).items():
        key = name.lower()
        headers[key] = f"{headers[key]},{value}" if key in headers else str(value)
    return headers


def bytes_of(http: Mapping[str, Any]) -> bytes:
    """Return the raw body, over which Slack signed. Raises `Refused`."""
    body = http.get("body") or ""
    encoded = http.get("isBase64Encoded", False)
    if len(body) > (MAX_BYTES * 4 // 3 + 4 if encoded else MAX_BYTES):
        raise Refused(413, "too large")
    if not encoded:
        return str(body).encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        raise Refused(400, "not base64") from None


def media_type_of(headers: Mapping[str, str]) -> str:
    """Return `JSON`, `FORM` or what else the content type says, without its parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_ssl_check(http: Mapping[str, Any], media_type: str, raw: bytes) -> bool:
    """Tell whether Slack only looks at the certificate, for which it need not sign."""
    query = str(http.get("rawQueryString") or "")
    fields = raw.split(b"&", 50) if media_type == FORM else []
    return b"ssl_check=1" in fields or "ssl_check=1" in query.split("&")


def read(media_type: str, raw: bytes) -> tuple[str, dict[str, Any]]:
    """Return the kind of request and its body as Bolt wants it. Raises `Refused`.

    The kinds are url_verification, event, command, action, shortcut, view and other.
    """
    if media_type not in (JSON, FORM):
        raise Refused(415, "neither JSON nor a form")
    try:
        kind, body = _read_json(raw.decode()) if media_type == JSON else _read_form(raw.decode())
    except (ValueError, RecursionError):
        raise Refused(400, "malformed body") from None
    body.pop("token", None)  # Slack's old way of proving itself: a secret, and of no use below
    return kind, body


def _read_json(text: str) -> tuple[str, dict[str, Any]]:
    body = _object(text)
    if body.get("type") == "url_verification":
        if not isinstance(body.get("challenge"), str):
            raise ValueError("a verification without a challenge")
        return "url_verification", body
    if body.get("type") != "event_callback":
        return "other", body
    if not isinstance(body.get("event"), dict) or not isinstance(body["event"].get("type"), str):
        raise ValueError("an event without a type")
    if not isinstance(body.get("authorizations", []), list):
        raise ValueError("authorizations that Bolt cannot read")
    return "event", body


def _read_form(text: str) -> tuple[str, dict[str, Any]]:
    # By the fields' names and never by a search: a command's text may well say "payload=".
    form = dict(
        parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=50
        )
    )
    if "payload" not in form:
        if not form.get("command"):
            raise ValueError("neither a command nor an interaction")
        return "command", form
    body = _object(form["payload"])
    return _KINDS.get(str(body.get("type")), "other"), body


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict) or _is_deep(value):
        raise ValueError("not an object, or too deep a one")
    return value


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
