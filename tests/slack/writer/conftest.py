"""The writer against the simulated Slack; DynamoDB is the only fake."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from slack_sdk import WebClient

from bot.answering.events import AnswerEvent
from bot.runtime.aws import AwsError, Client
from bot.slack.client import create_client
from bot.slack.stream import Destination
from bot.slack.thread import Thread
from bot.slack.writer import Reply
from bot.state.claims import Claim
from bot.state.table import Table
from slack_simulator import Control, Message, Posted, Simulator

BOT = "U0SAMPLE"
_DELIVERIES = 8


@dataclass
class Clock:
    """Time that passes when it is looked at: `step` seconds each time."""

    now: float = 0.0
    step: float = 1.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@dataclass
class Notebook:
    """DynamoDB, as far as a claim's notes need it. The writes in `failing` are refused."""

    failing: frozenset[int] = frozenset()
    writes: int = 0

    def call(self, service: str, target: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.writes += 1
        if self.writes in self.failing:
            raise AwsError(service, target, 500, "InternalServerError")
        return {"Attributes": {}, "for": payload["Key"]}


@dataclass
class Writing:
    """One answer in a thread of its own, tried again after each failure as the queue would."""

    control: Control
    client: WebClient
    clock: Clock = field(default_factory=Clock)
    notebook: Notebook = field(default_factory=Notebook)
    may_stream: Callable[[], bool] = lambda: True
    question: Posted = field(init=False)
    since: float = field(init=False)
    posted: list[str] = field(default_factory=list)
    attempts: int = 0
    reply: Reply = field(init=False)

    def __post_init__(self) -> None:
        self.since = time.time()
        self.question = self.control.say("ada", "#help", "<@bot> What do you think?")

    def write(self, *answers: Iterable[AnswerEvent]) -> None:
        """Write the first answer, after a failure the second, and so on; the last repeats.

        Raises what the last of a number of attempts raises.
        """
        for number in range(_DELIVERIES):
            try:
                return self.attempt(answers[min(number, len(answers) - 1)])
            except Exception:
                if number == _DELIVERIES - 1:
                    raise
        return None

    def attempt(self, events: Iterable[AnswerEvent]) -> None:
        """One attempt, as a worker makes it that knows only what was saved."""
        self.attempts += 1
        table = Table(cast(Client, self.notebook), "table")
        claim = Claim(table, "T:C:1.1", self.attempts, self.since, list(self.posted))
        place = Destination("T0SAMPLE", self.question.channel, self.question.ts, "U0ADA", BOT)
        reply = self.reply = Reply(self.client, place, claim, self.may_stream, self.clock)
        try:
            if self.attempts > 1:
                thread = Thread.read(self.client, place.channel, place.thread)
                reply.adopt(thread.own_posts(BOT, self.question.ts))
            reply.write(iter(events))
        finally:
            self.posted = claim.posted

    @property
    def messages(self) -> list[Message]:
        """What Slack shows of the answer."""
        thread = self.control.messages(self.question.channel, self.question.ts)
        return [message for message in thread if message.bot]

    @property
    def text(self) -> str:
        """The Markdown of all its messages, one below the other."""
        parts = [b["text"] for m in self.messages for b in m.blocks if b["type"] == "markdown"]
        return "\n".join(parts)


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    with Simulator(bot_token="xoxb-fake", limits={"rates": False}) as simulator:
        yield simulator


@pytest.fixture
def writing(simulator: Simulator) -> Iterator[Callable[[], Writing]]:
    """Begins an answer; a test may begin many."""
    client = create_client(simulator.api_url, longest_wait=0.5)
    client.token = "xoxb-fake"

    def begin() -> Writing:
        simulator.control.clear_faults()
        return Writing(simulator.control, client)

    yield begin
    simulator.control.clear_faults()
