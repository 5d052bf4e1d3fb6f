"""The ingress, called as Lambda calls it, in front of an AWS that is ours."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.ingress.handler import create_handler
from bot.runtime.settings import IngressSettings
from tests.fakes.aws import FakeAws, running_aws
from tests.slack_requests import SECRET, Json

PARAMETER = "/stackbot/test/signing-secret"
QUEUE_URL = "http://127.0.0.1/000000000000/questions.fifo"

Send = Callable[[Json], "Response"]
Logs = Callable[[], list[Json]]


@dataclass(frozen=True)
class Response:
    status: int
    body: str


@dataclass
class Clock:
    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Context:
    aws_request_id: str = "request-1"


@pytest.fixture(scope="session")
def aws_server() -> Iterator[FakeAws]:
    with running_aws() as aws:
        yield aws


@pytest.fixture
def aws(aws_server: FakeAws) -> FakeAws:
    aws_server.reset()
    aws_server.parameters[PARAMETER] = SECRET
    return aws_server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(aws: FakeAws) -> Iterator[IngressSettings]:
    settings = IngressSettings.from_env(environment(aws))
    yield settings
    settings.aws.close()


def environment(aws: FakeAws) -> dict[str, str]:
    """Return what infra/ sets on the function, and Lambda besides."""
    return {
        "BOT_NAME": "StackBot",
        "BOT_ENVIRONMENT": "test",
        "BOT_QUEUE_URL": QUEUE_URL,
        "BOT_TABLE": "stackbot-test",
        "BOT_LOG_LEVEL": "INFO",
        "BOT_SIGNING_SECRET_PARAMETER": PARAMETER,
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "not-a-real-key",
        "AWS_SESSION_TOKEN": "not-a-real-session",
        "AWS_ENDPOINT_URL": aws.url,
    }


@pytest.fixture
def send(settings: IngressSettings, clock: Clock) -> Send:
    """Send a request through the front door."""
    handle = create_handler(settings, clock)

    def send(http: Json) -> Response:
        response = handle(http, Context())
        return Response(response["statusCode"], response["body"])

    return send


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Logs:
    """Return the log lines written since the last look."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def message_in(aws: FakeAws, index: int = -1) -> dict[str, Any]:
    """Return the message in the queue, as the worker will read it."""
    message: dict[str, Any] = json.loads(aws.messages[index]["MessageBody"])
    return message
