"""The real stack in the emulator, started once: Slack and the model are the only fakes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.aws import account
from scripts.local.models import Model
from scripts.local.stack import LocalStack
from slack_simulator import Control, Message, Posted
from slack_simulator.scripted_model import ModelServer

Json = dict[str, Any]

SHORT_TIMES = ("worker_timeout=9", "lease_margin=1", "visibility_margin=2")
"""A killed worker's question comes back after 11 s instead of 50 s."""


@pytest.fixture(scope="session")
def model_server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="session")
def stack(model_server: ModelServer) -> Iterator[LocalStack]:
    model = Model("openai", "scripted", model_server.url, "not-a-real-key")
    # The tests ask more in a minute than Slack would let an app stream.
    context = (*SHORT_TIMES, "model_sees=true", "streams_per_minute=1000")
    with LocalStack(model, context=context) as running:
        yield running


@pytest.fixture
def reached(
    stack: LocalStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalStack]:
    """The stack, findable as `./stackbot local` makes it, but not in the checkout's own file."""
    monkeypatch.setattr(account, "RUNNING", tmp_path / "local.json")
    with account.findable(stack.emulator):
        yield stack
    assert not account.RUNNING.exists()


@pytest.fixture
def model(model_server: ModelServer) -> ModelServer:
    model_server.forget()
    return model_server


@pytest.fixture
def slack(stack: LocalStack) -> Iterator[Control]:
    control = stack.slack.control
    # A busy machine may acknowledge late, and Slack would tell of it again a minute later.
    control.set_limits(rates=False, ack_seconds=False)
    yield control
    control.clear_faults()
    control.set_clock(ahead=0)


class Conversation:
    """One person asking in a thread of their own, and what Slack shows there."""

    def __init__(self, slack: Control) -> None:
        self._slack = slack
        self.root: Posted | None = None

    def ask(self, text: str, person: str = "ada", channel: str = "#general") -> Posted:
        """Post a question, in the thread where there is one already."""
        thread = self.root.ts if self.root else None
        posted = self._slack.say(person, channel, text, thread=thread)
        self.root = self.root or posted
        return posted

    def answer(self, timeout: float = 40) -> Message:
        """Wait for the answer to the newest question."""
        assert self.root
        return self._slack.wait_for_answer(self.root.channel, self.root.ts, timeout)

    def answers(self) -> list[Message]:
        """Every message of the bot's that the thread shows."""
        assert self.root
        return [m for m in self._slack.messages(self.root.channel, self.root.ts) if m.bot]


@pytest.fixture
def conversation(slack: Control) -> Conversation:
    return Conversation(slack)


def said(message: Message) -> str:
    """The Markdown of an answer, without the lines below it."""
    parts: list[Json] = message.blocks
    return "\n".join(part["text"] for part in parts if part["type"] == "markdown")


def wait_until_accepted(slack: Control, posted: Posted) -> None:
    """Return once the bot has taken a mention: order means the order of acceptance."""

    def accepted() -> bool:
        told = slack.deliveries("app_mention")
        return any(d.ok and d.body["event"]["ts"] == posted.ts for d in told)

    slack.until(accepted, 40)


def settle(stack: LocalStack, slack: Control, seconds: float = 30) -> None:
    """Wait until nothing is under way, neither from Slack nor in the queue."""
    slack.wait_until_idle()
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    client, url = stack.client("sqs"), stack.outputs["QueueUrl"]

    def empty() -> bool:
        queue = client.get_queue_attributes(QueueUrl=url, AttributeNames=counts)
        return set(queue["Attributes"].values()) == {"0"}

    slack.until(empty, seconds)


def dead_letter(stack: LocalStack, text: str) -> Json | None:
    """The message of the dead-letter queue whose body has `text` in it."""
    received = stack.client("sqs").receive_message(
        QueueUrl=stack.outputs["DeadLetterQueueUrl"],
        MaxNumberOfMessages=10,
        VisibilityTimeout=2,  # so that the next look finds others, where there are many
        AttributeNames=["All"],
    )
    letters: list[Json] = received.get("Messages", [])
    return next((letter for letter in letters if text in letter["Body"]), None)
