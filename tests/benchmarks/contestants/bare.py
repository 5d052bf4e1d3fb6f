"""The plainest handler that checks Slack's signature and signs one SQS call: nothing to spare."""

import hashlib
import hmac
import json
import os
import time
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

_JSON = "application/x-amz-json-1.0"
_SIGNED = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    body, headers = event["body"], event["headers"]
    stamp = headers["x-slack-request-timestamp"]
    secret = os.environ["SLACK_SIGNING_SECRET"].encode()
    digest = hmac.new(secret, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    if abs(time.time() - int(stamp)) > 300 or not hmac.compare_digest(
        f"v0={digest}", headers["x-slack-signature"]
    ):
        return {"statusCode": 401}
    message = {
        "QueueUrl": os.environ["BOT_QUEUE_URL"],
        "MessageBody": body,
        "MessageGroupId": json.loads(body)["event"]["channel"],
        "MessageDeduplicationId": hashlib.sha256(body.encode()).hexdigest(),
    }
    return {"statusCode": 200 if _send(json.dumps(message).encode()) == 200 else 500}


def _send(payload: bytes) -> int:
    url = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    connect = HTTPSConnection if url.scheme == "https" else HTTPConnection
    connection = connect(url.netloc, timeout=2)
    connection.request("POST", "/", payload, _sign(url.netloc, payload))
    return connection.getresponse().status


def _sign(host: str, payload: bytes) -> dict[str, str]:
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers = {
        "content-type": _JSON,
        "host": host,
        "x-amz-date": stamp,
        "x-amz-security-token": os.environ["AWS_SESSION_TOKEN"],
        "x-amz-target": "AmazonSQS.SendMessage",
    }
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{_SIGNED}\n{hashlib.sha256(payload).hexdigest()}"
    scope = f"{stamp[:8]}/{os.environ['AWS_REGION']}/sqs/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{os.environ['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={os.environ['AWS_ACCESS_KEY_ID']}/{scope},"
        f" SignedHeaders={_SIGNED}, Signature={signature}"
    )
    return headers
