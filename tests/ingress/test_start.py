"""A fresh process, as each cold start is one: the environment, the imports, the first request."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.runtime.build import build_id, hash_tree
from tests.fakes.aws import FakeAws
from tests.ingress.conftest import environment, message_in
from tests.slack_requests import Json, event_request, mention, stop

ROOT = Path(__file__).parents[2]

LAMBDA = """
import json, sys
from bot.ingress.handler import handler
class Context: aws_request_id = "request-1"
response = handler(json.load(sys.stdin), Context())
print(json.dumps([response, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def start(env: dict[str, str], http: Json) -> tuple[Json, set[str], list[Json]]:
    """Return the first response, the packages imported for it, and the log."""
    done = subprocess.run(
        [sys.executable, "-c", LAMBDA],
        cwd=ROOT,
        env=env,
        input=json.dumps(http),
        capture_output=True,
        text=True,
        check=True,
    )
    *log, result = map(json.loads, done.stdout.splitlines())
    return result[0], set(result[1]), log


def test_the_first_request_is_queued_by_the_standard_library_alone(aws: FakeAws) -> None:
    """bolt-python #155, #705, #1217: a cold start with boto3 in it passes the three seconds."""
    response, imported, [line] = start(environment(aws), event_request(mention()))
    assert response == {"statusCode": 200, "headers": {}, "body": ""}
    assert message_in(aws)["question"] == "T1:C1:1.1"
    assert line["build"] == build_id()
    assert not imported & {"slack_bolt", "slack_sdk", "openai", "boto3", "botocore", "infra"}
    assert not imported & {"logging", "asyncio", "pathlib", "pydantic"}


@pytest.mark.parametrize(
    "name",
    ["BOT_QUEUE_URL", "BOT_TABLE", "BOT_SIGNING_SECRET_PARAMETER", "AWS_REGION"],
)
def test_a_missing_setting_is_told_in_one_sentence(aws: FakeAws, name: str) -> None:
    response, _, [line] = start({**environment(aws), name: " "}, event_request(mention()))
    assert response["statusCode"] == 500
    assert line["level"] == "ERROR"
    assert line["why"].startswith(f"{name} is not set: ")


def test_a_malformed_setting_is_told_in_one_sentence(aws: FakeAws) -> None:
    env = {**environment(aws), "BOT_QUEUE_URL": "questions"}
    response, _, [line] = start(env, event_request(mention()))
    assert response["statusCode"] == 500
    assert line["why"].startswith("BOT_QUEUE_URL must be a URL")


def test_a_ping_is_answered_with_the_build(aws: FakeAws) -> None:
    response, _, log = start(environment(aws), {"ping": True})
    assert (response, log, aws.calls) == ({"build": build_id()}, [], [])


def test_a_dry_request_is_read_as_ever_and_queued_nowhere(aws: FakeAws) -> None:
    response, imported, [line] = start(environment(aws), {"dry": event_request(mention())})
    message = response["message"]
    assert (response["build"], response["status"]) == (build_id(), 200)
    assert (message["group"], json.loads(message["body"])["question"]) == ("T1:C1:1.1", "T1:C1:1.1")
    assert (line["event"], line["dry"], aws.messages) == ("accepted", True, [])
    assert not imported & {"slack_bolt", "boto3", "dataclasses"}


def test_a_dry_request_is_refused_like_any_other(aws: FakeAws) -> None:
    http = event_request(mention(), secret="not-the-secret")
    response, _, _ = start(environment(aws), {"dry": http})
    assert (response["status"], response["message"]) == (401, None)


def test_a_dry_stop_stops_nothing(aws: FakeAws) -> None:
    response, _, [line] = start(environment(aws), {"dry": event_request(stop())})
    assert (response["status"], response["message"], line["event"]) == (200, None, "stopped")
    assert aws.items == {}


def test_the_build_is_named_by_names_and_contents_but_not_by_bytecode(tmp_path: Path) -> None:
    def hash_with(name: str, content: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        return hash_tree(str(tmp_path))

    first = hash_with("a.py", "1")
    assert len(first) == 12
    assert hash_with("__pycache__/a.cpython-314.pyc", "x") == first
    assert hash_with("a.py", "2") != first
    assert hash_with("a.py", "1") == first
    second = hash_with("answering/instructions.md", "Be kind.")
    assert second != first
    assert hash_with("answering/instructions.md", "Be kind") != second
