"""What reaches the API from outside: only what Slack signed gets in."""

import time
import urllib.error
import urllib.request
from typing import Any

from scripts.local.stack import LocalStack
from tests.slack_requests import event_request

MENTION = {
    "type": "app_mention",
    "user": "U0ADA",
    "channel": "C0GENERAL",
    "text": "<@U0SAMPLE> Let me in.",
    "ts": "1700000000.000100",
}


def test_a_bad_signature_is_refused(stack: LocalStack) -> None:
    assert _status(stack, event_request(MENTION, secret="not-the-secret")) == 401


def test_a_stale_timestamp_is_refused(stack: LocalStack) -> None:
    request = event_request(MENTION, secret=stack.signing_secret, at=time.time() - 301)
    assert _status(stack, request) == 401


def test_what_is_signed_but_broken_is_refused_and_never_queued(stack: LocalStack) -> None:
    mention = {name: value for name, value in MENTION.items() if name != "ts"}
    request = event_request(mention, secret=stack.signing_secret)
    assert _status(stack, request) == 400
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    queue = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs["QueueUrl"], AttributeNames=counts
    )
    assert set(queue["Attributes"].values()) == {"0"}


def _status(stack: LocalStack, http: dict[str, Any]) -> int:
    request = urllib.request.Request(  # noqa: S310
        stack.request_url, http["body"].encode(), http["headers"], method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            status: int = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    return status
