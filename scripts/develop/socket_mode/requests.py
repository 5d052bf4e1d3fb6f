"""An envelope as the request that Slack would send to a URL: the ingress knows no other kind.

So what is dropped, noted or queued, and in which order, is decided by the code that is deployed.
"""

import json
import time
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.request import SocketModeRequest

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


def as_request(envelope: SocketModeRequest, signing_secret: str) -> dict[str, Any]:
    """In API Gateway's format, signed."""
    media_type, body = _written(envelope.type, envelope.payload)
    stamp = str(int(time.time()))
    signature = SignatureVerifier(signing_secret).generate_signature(timestamp=stamp, body=body)
    headers = {
        "content-type": media_type,
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": signature,
    }
    if envelope.retry_attempt:
        headers["x-slack-retry-num"] = str(envelope.retry_attempt)
    return {"headers": headers, "body": body}


def _written(kind: str, payload: dict[str, Any]) -> tuple[str, str]:
    match kind:
        case "events_api":
            return _JSON, json.dumps(payload)
        case "slash_commands":
            return _FORM, urlencode(payload)
        case _:
            return _FORM, urlencode({"payload": json.dumps(payload)})
