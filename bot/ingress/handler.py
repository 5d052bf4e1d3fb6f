"""Slack calls this Lambda. It has three seconds, so it only checks and enqueues.

Everything it imports is in the standard library: see docs/decisions/0001.
"""

from __future__ import annotations

import json
import time
from functools import cache

from bot.ingress.routing import note_of, why_dropped, without_surrogates
from bot.ingress.signature import SigningSecret
from bot.runtime.aws import AwsError
from bot.runtime.build import build_id
from bot.runtime.deduplication_key import address
from bot.runtime.log import log, set_level
from bot.runtime.request import (
    MAX_BYTES,
    Refused,
    bytes_of,
    headers_of,
    is_ssl_check,
    media_type_of,
    read,
)
from bot.runtime.settings import IngressSettings, SettingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Json = dict[str, Any]
    Handler = Callable[[Mapping[str, Any], Any], Json]
    Write = Callable[[str, str, Json], Json]

# https://docs.slack.dev/apis/events-api/
_RETRY_REASONS = {
    "connection_failed",
    "http_error",
    "http_timeout",
    "ssl_error",
    "too_many_redirects",
    "unknown_error",
}


def handler(http: Mapping[str, Any], context: Any) -> Json:
    """Answer one request of API Gateway's HTTP API, payload format 2.0.

    No HTTP request can be `{"ping": true}`, which is answered with the build that runs, nor
    `{"dry": …}` with such a request, which is tried: see bot/ingress/dry_run.py.
    """
    try:
        handle = _from_environment()
    except SettingError as error:
        log("failed", level="ERROR", why=str(error), request_id=context.aws_request_id)
        return _response(500)
    if "dry" in http:
        from bot.ingress.dry_run import dry_run  # not at every start

        return dry_run(
            lambda write: create_handler(IngressSettings.from_env(), write=write),
            http["dry"],
            context,
        )
    return {"build": build_id()} if "ping" in http else handle(http, context)


@cache
def _from_environment() -> Handler:
    return create_handler(IngressSettings.from_env())


def create_handler(
    settings: IngressSettings,
    clock: Callable[[], float] = time.time,
    write: Write | None = None,
) -> Handler:
    """Return a handler that keeps its signing secret and its connections from call to call.

    `write` stands in for the calls that write to AWS.
    """
    set_level(settings.log_level)
    secret = SigningSecret(settings.signing_secret)
    call = write or settings.aws.call

    def handle(http: Mapping[str, Any], context: Any) -> Json:
        started = time.perf_counter()
        headers = headers_of(http)
        request_id = context.aws_request_id
        answer, status = None, 200
        try:
            answer, line = _serve(settings, secret, call, http, headers, request_id, clock())
        except Refused as refused:
            status = refused.status
            line = {"event": "refused", "level": "WARNING", "why": refused.why}
        except (AwsError, SettingError) as error:
            # Slack sends it again: at once, after one minute and after five.
            status = 500
            line = {"event": "failed", "level": "ERROR", "why": str(error)}
        ms = round((time.perf_counter() - started) * 1000, 2)
        about = {"status": status, "ms": ms, "request_id": request_id, "build": build_id()}
        log(**line, **about, **_retry(headers), dry=True if write else None)
        return _response(status, answer)

    return handle


def _serve(
    settings: IngressSettings,
    secret: SigningSecret,
    write: Write,
    http: Mapping[str, Any],
    headers: Mapping[str, str],
    request_id: str,
    now: float,
) -> tuple[Json | None, Json]:
    """Return what Slack wants to read, mostly nothing, and what to log."""
    raw = bytes_of(http)
    media_type = media_type_of(headers)
    if is_ssl_check(http, media_type, raw):
        return None, {"event": "dropped", "why": "ssl_check"}
    secret.check(headers, raw, now)
    kind, body = read(media_type, raw)
    if kind == "url_verification":
        return {"challenge": body["challenge"]}, {"event": "verified"}
    why = why_dropped(kind, body)
    if why:
        return None, {"event": "dropped", "why": why}
    item = note_of(kind, body, now)
    if item:
        return None, _note(settings, write, item)
    question, group, once = address(kind, body, raw)
    message = {
        "v": 1,
        "kind": kind,
        "question": question,
        "body": body,
        "headers": {"content-type": media_type},
        "received": now,
        "request_id": request_id,
    }
    return None, _enqueue(settings, write, message, group, once)


def _enqueue(settings: IngressSettings, write: Write, message: Json, group: str, once: str) -> Json:
    payload = {
        "QueueUrl": settings.queue_url,
        "MessageBody": _serialise(message),
        "MessageGroupId": group,
        "MessageDeduplicationId": once,
    }
    answer = write("sqs", "AmazonSQS.SendMessage", payload)
    ids = {"kind": message["kind"], "question": message["question"]}
    return {"event": "accepted", **ids, "message_id": answer.get("MessageId")}


def _serialise(message: Json) -> str:
    try:
        text = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:  # a number that is none, or too long a one
        raise Refused(400, "malformed body") from None
    text = without_surrogates(text)
    if len(text.encode()) > MAX_BYTES:
        raise Refused(413, "too large")
    return text


def _note(settings: IngressSettings, write: Write, item: Json) -> Json:
    """Write a stop or a change, unless a later one is already there."""
    payload = {
        "TableName": settings.table,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(pk) OR #at < :at",
        "ExpressionAttributeNames": {"#at": "at"},
        "ExpressionAttributeValues": {":at": item["at"]},
    }
    try:
        write("dynamodb", "DynamoDB_20120810.PutItem", payload)
    except AwsError as error:
        if error.code != "ConditionalCheckFailedException":
            raise
    key: str = item["pk"]["S"]
    return {"event": "stopped" if key.startswith("stop#") else "changed", "item": key}


def _retry(headers: Mapping[str, str]) -> Json:
    """Return what Slack says of a retry: words it is known to use, as nobody signs headers."""
    number = headers.get("x-slack-retry-num", "")
    reason = headers.get("x-slack-retry-reason", "")
    return {
        "retry": number if number in ("1", "2", "3") else None,
        "retry_reason": reason if reason in _RETRY_REASONS else None,
    }


def _response(status: int, body: Json | None = None) -> Json:
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"} if body else {},
        "body": json.dumps(body) if body else "",
    }
