"""`./stackbot status`: whether an environment is well, in one look."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.state.rate_limits import spend
from scripts.__main__ import main
from scripts.aws import deployment
from scripts.local.stack import LocalStack
from slack_simulator import Control
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, settle

Json = dict[str, Any]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def quiet(reached: LocalStack) -> Iterator[LocalStack]:
    """The stack without dead letters, be they of other tests."""
    dead = reached.outputs["DeadLetterQueueUrl"]
    reached.client("sqs").purge_queue(QueueUrl=dead)
    yield reached
    reached.client("sqs").purge_queue(QueueUrl=dead)


def test_what_runs_and_what_went_through_is_told(
    quiet: LocalStack,
    conversation: Conversation,
    slack: Control,
    model: ModelServer,
    capsys: Capture,
) -> None:
    model.will_say("Here.")
    conversation.ask("<@bot> Are you there?")
    conversation.answer()
    settle(quiet, slack)
    with deployment.deployed("local") as deployed, deployed.table() as table:
        spend(table, "T0SAMPLE", 1)
    told = looked(capsys)
    for function in ("ingress", "worker"):
        assert told[function] == {
            "well": True,
            "build": quiet.build,
            "version": "$LATEST",
            "swapped": False,
        }
    assert told["stack"]["status"] == "CREATE_COMPLETE"
    assert told["stack"]["hotswap"] == "allowed"
    assert told["queue"] == {"well": True, "waiting": 0, "at_work": 0, "oldest_seconds": None}
    assert told["dead_letters"] == {"well": True, "count": 0}
    assert told["ingress_last_hour"]["requests"] >= 2
    assert told["worker_last_hour"]["deliveries"] >= 1
    assert told["questions"]["today"] >= 1
    assert 0 < told["spending"]["spent_today"] < told["spending"]["budget"] == 100
    assert told["knowledge"]["bytes"] > 1_000


def test_a_dead_letter_is_nothing_well(quiet: LocalStack, capsys: Capture) -> None:
    quiet.client("sqs").send_message(
        QueueUrl=quiet.outputs["DeadLetterQueueUrl"],
        MessageBody="{}",
        MessageGroupId="T0:C0:1.1",
        MessageDeduplicationId="dead",
    )
    told = looked(capsys, status=1)
    assert told["well"] is False
    assert told["dead_letters"] == {"well": False, "count": 1}
    assert main(["status", "local"]) == 1
    shown = capsys.readouterr().out.splitlines()
    (line,) = [line for line in shown if "dead letters" in line]
    assert line.split()[0] == "✗"
    assert "./stackbot redrive local" in line


def test_code_that_was_swapped_since_the_deployment_is_named(
    quiet: LocalStack, slack: Control, capsys: Capture
) -> None:
    settle(quiet, slack)
    with swapped(quiet):
        told = looked(capsys)["worker"]
        assert told["swapped"] is True
        assert told["build"] != quiet.build
    assert looked(capsys)["worker"]["swapped"] is False


@contextmanager
def swapped(stack: LocalStack) -> Iterator[None]:
    """Other code in the worker, as a hotswap would leave it there."""
    client, worker = stack.client("lambda"), stack.outputs["WorkerFunction"]
    other = io.BytesIO(stack.code)
    with zipfile.ZipFile(other, "a") as archive:
        archive.writestr("bot/another.py", "")
    client.update_function_code(FunctionName=worker, ZipFile=other.getvalue())
    try:
        yield
    finally:
        client.update_function_code(FunctionName=worker, ZipFile=stack.code)
        stack.ping(worker)


def looked(capsys: Capture, status: int | None = None) -> Json:
    """The health as JSON. What other tests broke in this hour is not looked at without `status`."""
    capsys.readouterr()
    assert main(["status", "local", "--json"]) in ((0, 1) if status is None else (status,))
    told: Json = json.loads(capsys.readouterr().out)
    return told
