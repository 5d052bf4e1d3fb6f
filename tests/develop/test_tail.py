"""The lines that `./stackbot watch` shows where CloudWatch cannot always be read."""

import json
from collections.abc import Iterator
from threading import Event
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from infra.environments import DEV
from scripts.aws.account import Account
from scripts.aws.deployment import Deployed
from scripts.develop.tail import tailing

LINE = {"timestamp": "2099-01-01T00:00:00.000Z", "level": "INFO", "event": "delivered"}
MILLISECONDS = 4_070_908_800_000
"""The line's time, as CloudWatch counts."""


class CloudWatch:
    """boto3's client: the worker's one line, and no network at the second look."""

    def __init__(self) -> None:
        self.since: list[int] = []
        self.looked_again = Event()

    def get_paginator(self, _: str) -> "CloudWatch":
        return self

    def paginate(self, **options: Any) -> Iterator[dict[str, Any]]:
        if options["logGroupName"].endswith("worker"):
            self.since.append(options["startTime"])
            if len(self.since) == 2:
                raise EndpointConnectionError(endpoint_url="https://logs")
            if len(self.since) > 2:
                self.looked_again.set()
            message = {"message": json.dumps(LINE), "timestamp": MILLISECONDS}
            is_newer = options["startTime"] <= MILLISECONDS
            yield {"events": [{**message, "logStreamName": "one"}] if is_newer else []}


def test_after_a_failure_it_goes_on_behind_the_last_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs = CloudWatch()
    session = boto3.Session(region_name="us-east-1")
    account = Account(DEV, session, "us-east-1", None, {}, {"logs": logs})
    names = {"IngressFunction": "ingress", "WorkerFunction": "worker"}
    with tailing(Deployed(account, "stackbot-dev", "UPDATE_COMPLETE", names, {})):
        assert logs.looked_again.wait(20)
    output = capsys.readouterr().err
    assert output.count("delivered") == 1
    assert "The logs cannot be read" in output
    assert logs.since[2] == MILLISECONDS + 1
