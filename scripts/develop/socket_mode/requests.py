"""Turns an envelope into the request that Slack would send to a URL, as the ingress expects it.

So the code that is deployed decides what is dropped, noted or queued, and in which order.
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
    """The signed request, in the payload format 2.0 of an HTTP API of API Gateway:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    media_type, body = _encoded(envelope.type, envelope.payload)
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


def _encoded(kind: str, payload: dict[str, Any]) -> tuple[str, str]:
    """The media type and the body in which Slack sends such a payload to a URL."""
    match kind:
        case "events_api":
            return _JSON, json.dumps(payload)
        case "slash_commands":
            return _FORM, urlencode(payload)
        case _:
            return _FORM, urlencode({"payload": json.dumps(payload)})
