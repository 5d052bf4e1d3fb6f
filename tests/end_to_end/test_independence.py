"""Threads don't wait for each other, though each keeps its own order.

The emulator hands one message of a queue over at a time, where AWS hands over one of each group
at once. So this takes the place of the event source mapping, and does what AWS would do.
"""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from scripts.local.stack import LocalStack
from slack_simulator import Control
from slack_simulator.scripted_model import Act, ModelServer
from tests.cells import with_cells
from tests.end_to_end.conftest import Conversation, said, wait_until_accepted

Json = dict[str, Any]


class SlowModel(ModelServer):
    """A model that thinks about the first question until it is told to answer."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = threading.Event()

    def next_act(self, request: Json) -> Act:
        act = super().next_act(request)
        if len(self.requests) > 1:
            return act

        def think_first(to: Any) -> None:
            assert self.may_answer.wait(30)
            act(to)

        return think_first


@pytest.fixture
def slow_model(stack: LocalStack) -> Iterator[SlowModel]:
    """Asked by the worker in the place of the other model, with time to wait for it."""
    with SlowModel() as model, _worker_of(stack, model):
        yield model
        model.may_answer.set()


@pytest.fixture
def mapping(stack: LocalStack) -> Iterator["Mapping"]:
    """Nothing but the test takes messages from the queue as long as this lasts."""
    client = stack.client("lambda")
    (found,) = client.list_event_source_mappings()["EventSourceMappings"]
    client.update_event_source_mapping(UUID=found["UUID"], Enabled=False)
    yield Mapping(stack)
    stack.client("sqs").purge_queue(QueueUrl=stack.outputs["QueueUrl"])
    client.update_event_source_mapping(UUID=found["UUID"], Enabled=True)


class Mapping:
    """Takes messages from the queue and gives them to the worker, as an event source mapping."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack, self._url = stack, stack.outputs["QueueUrl"]

    def waiting(self) -> int:
        """How many messages the queue has not handed over yet."""
        queue = self._stack.client("sqs").get_queue_attributes(
            QueueUrl=self._url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(queue["Attributes"]["ApproximateNumberOfMessages"])

    def receive(self, most: int = 10) -> list[Json]:
        """The messages that the queue hands over now, as the records of a worker's event."""
        received = self._stack.client("sqs").receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=most,
            VisibilityTimeout=60,
            MessageSystemAttributeNames=["All"],
        )
        return [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "attributes": message["Attributes"],
                "body": message["Body"],
                "eventSource": "aws:sqs",
            }
            for message in received.get("Messages", [])
        ]

    def deliver(self, record: Json) -> Json:
        """Have the worker handle one record, and delete it; what the worker said is returned."""
        answer = self._stack.client("lambda").invoke(
            FunctionName=self._stack.outputs["WorkerFunction"],
            Payload=json.dumps({"Records": [record]}),
        )
        said: Json = json.load(answer["Payload"])
        self._stack.client("sqs").delete_message(
            QueueUrl=self._url, ReceiptHandle=record["receiptHandle"]
        )
        return said


def test_a_slow_answer_in_one_thread_holds_up_its_follow_up_and_no_other_thread(
    slack: Control, mapping: Mapping, slow_model: SlowModel
) -> None:
    slow_model.will_say("A slow answer.")
    slow_model.will_say("A quick answer.")
    slow_model.will_say("A late answer.")
    slow, quick = Conversation(slack), Conversation(slack)
    asked = slow.ask("<@bot> What takes you long?")
    wait_until_accepted(slack, asked)
    slow.ask("<@bot> And what comes after it?")
    other = quick.ask("<@bot> What takes you no time?")
    slack.until(lambda: mapping.waiting() == 3)

    with ThreadPoolExecutor() as worker:
        (first,) = mapping.receive(1)
        assert _question(first) == ("What takes you long?", _group(first, asked.ts))
        at_work: Future[Json] = worker.submit(mapping.deliver, first)
        slack.until(lambda: len(slow_model.requests) == 1, 40)

        # The follow-up shares the group of the question that is being answered, so it stays.
        (second,) = mapping.receive()
        assert _question(second) == ("What takes you no time?", _group(second, other.ts))
        assert worker.submit(mapping.deliver, second).result(20) == {"batchItemFailures": []}
        assert said(quick.answer()) == "A quick answer."
        assert not at_work.done()
        assert slow.answers() == []

        slow_model.may_answer.set()
        assert at_work.result(20) == {"batchItemFailures": []}
        assert said(slow.answers()[0]) == "A slow answer."

        (third,) = mapping.receive()
        assert _question(third) == ("And what comes after it?", _group(third, asked.ts))
        assert mapping.deliver(third) == {"batchItemFailures": []}
    assert [said(answer) for answer in slow.answers()] == ["A slow answer.", "A late answer."]
    assert len(quick.answers()) == 1


def _question(record: Json) -> tuple[str, str]:
    """What a record asks, and the group that it was handed over from."""
    event = json.loads(record["body"])["body"]["event"]
    return event["text"].split("> ", 1)[1], record["attributes"]["MessageGroupId"]


def _group(record: Json, root: str) -> str:
    """The workspace, the channel and the root of the thread."""
    body = json.loads(record["body"])["body"]
    return f"{body['team_id']}:{body['event']['channel']}:{root}"


@contextmanager
def _worker_of(stack: LocalStack, model: ModelServer) -> Iterator[None]:
    client, name = stack.client("lambda"), stack.outputs["WorkerFunction"]
    before = client.get_function_configuration(FunctionName=name)
    variables = before["Environment"]["Variables"]
    patient = with_cells(variables, model_url=model.url, worker_timeout=40, lease=50)
    client.update_function_configuration(
        FunctionName=name,
        Timeout=40,
        Environment={"Variables": patient},
    )
    try:
        yield
    finally:
        client.update_function_configuration(
            FunctionName=name, Timeout=before["Timeout"], Environment=before["Environment"]
        )
