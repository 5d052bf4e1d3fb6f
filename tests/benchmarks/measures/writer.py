"""What the writer adds to an answer, against reading the model's stream and showing nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, cast

from slack_sdk import WebClient

from bot.answering.answerer import ModelSettings, create_answerer
from bot.answering.events import Answerer, Question
from bot.answering.retrieval.index import Index
from bot.runtime.aws import Client
from bot.slack.client import create_client
from bot.slack.stream import Destination
from bot.slack.writer import Reply
from bot.state.claims import Claim
from bot.state.table import Table
from slack_simulator import Control, Simulator
from slack_simulator.scripted_model import ModelServer
from tests.benchmarks.figures import Row, Series, interleave

_ROUNDS = 5
_TOKENS = 300
_SECONDS_BETWEEN = 0.01
"""Such models write some 100 tokens a second."""


def measure() -> list[Row]:
    with _contestants() as (read, write):
        series = interleave({"read": read, "write": write}, _ROUNDS)
    pairs = zip(series["write"].values, series["read"].values, strict=True)
    added = Series(tuple(1000 * (total - alone) / _TOKENS for total, alone in pairs))
    return [
        Row("whole answer", "s", series["write"], "reading alone", series["read"]),
        Row("added for each token", "ms", added),
    ]


@contextmanager
def _contestants() -> Iterator[tuple[Callable[[], float], Callable[[], float]]]:
    """Two that take the same answer of the same model: one reads it, the other writes it."""
    token = "xoxb-bench"
    with (
        ModelServer() as model,
        Simulator(bot_token=token, limits={"rates": False}) as simulator,
    ):
        settings = ModelSettings("openai", "scripted", model.url, "none")
        answerer = create_answerer(settings, Index.of(()))
        client = create_client(simulator.api_url, longest_wait=1)
        client.token = token

        def timed(take: Callable[[], None]) -> float:
            model.will_say("word " * _TOKENS, piece=5, seconds_between=_SECONDS_BETWEEN)
            started = time.perf_counter()
            take()
            return time.perf_counter() - started

        read, write = lambda: _read(answerer), lambda: _write(answerer, simulator.control, client)
        timed(read)
        timed(write)
        yield lambda: timed(read), lambda: timed(write)


def _read(answerer: Answerer) -> None:
    for _ in answerer.answer(Question("How long?"), time.monotonic() + 60):
        pass


def _write(answerer: Answerer, control: Control, client: WebClient) -> None:
    posted = control.say("ada", "#help", "<@bot> How long?")
    claim = Claim(Table(cast(Client, _Notes()), "notes"), "T:C:1", attempt=1, since=0)
    place = Destination("T0SAMPLE", posted.channel, posted.ts, "U0ADA", "U0SAMPLE")
    with closing(answerer.answer(Question("How long?"), time.monotonic() + 60)) as events:
        Reply(client, place, claim, may_stream=lambda: True).write(events)


class _Notes:
    """Takes whatever a claim notes: the table's own time is part of the roundtrip benchmark."""

    def call(self, *_: Any) -> dict[str, Any]:
        return {"Attributes": {}}
