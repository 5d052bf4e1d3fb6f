"""Past the burst of a person and the dollars of a day the documents answer, and say why.

A stack of its own, with little to spend: three questions at once, then one a minute.
"""

import json
import time
from collections.abc import Iterator

import pytest

from bot.conversation.access.policy import ELSEWHERE
from bot.conversation.access.quota import BECAUSE
from bot.runtime.aws import Client
from bot.runtime.signing import Credentials
from bot.state.rate_limits import may_stream, spend
from bot.state.table import Table
from infra.environments import LOCAL
from scripts.local.emulator import REGION
from scripts.local.models import Model
from scripts.local.stack import LocalStack
from scripts.operate import log_lines
from slack_simulator import Control
from slack_simulator.scripted_model import ModelServer
from slack_simulator.workspace.people import TEAM
from tests.end_to_end.conftest import SHORT_TIMES, Conversation, said

BURST = 3
LITTLE = (
    f"person_burst={BURST}",
    "person_per_minute=1",
    "daily_dollars=10",
    "input_price=1000",
    "output_price=1000",
    "ask_channels=C0GENERAL",
    "ask_guests=true",
)
QUESTION = "<@bot> How do I deploy to staging?"


@pytest.fixture(scope="module")
def stack(model_server: ModelServer) -> Iterator[LocalStack]:
    model = Model("openai", "scripted", model_server.url, "not-a-real-key")
    with LocalStack(model, context=(*SHORT_TIMES, *LITTLE)) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_is_spent_yet(stack: LocalStack) -> None:
    client, table = stack.client("dynamodb"), stack.outputs["Table"]
    for item in client.scan(TableName=table)["Items"]:
        client.delete_item(TableName=table, Key={"pk": item["pk"]})


@pytest.fixture
def table(stack: LocalStack) -> Iterator[Table]:
    credentials = Credentials(stack.emulator.account, "not-a-secret", stack.emulator.token)
    aws = Client(REGION, credentials, stack.emulator.url)
    yield Table(aws, stack.outputs["Table"])
    aws.close()


def spend_dollars(table: Table, dollars: float) -> None:
    """As if answers had cost that much today."""
    spend(table, TEAM, int(dollars * 1e6))


def spent(stack: LocalStack) -> list[int]:
    """What each attempt has cost so far, in millionths of a dollar, by the worker's log."""
    lines = log_lines.lines(stack.client("logs"), stack.outputs["WorkerFunction"])
    return [line["micro_dollars"] for line in lines if line["event"] == "spent"]


def flood(slack: Control, person: str, questions: int) -> list[Conversation]:
    """Ask again and again, each time in a new thread, without waiting for an answer."""
    asked = []
    for _ in range(questions):
        conversation = Conversation(slack)
        conversation.ask(QUESTION, person)
        asked.append(conversation)
    return asked


def test_past_a_persons_burst_the_documents_answer_and_say_so(
    slack: Control, model: ModelServer
) -> None:
    model.otherwise = "By the model."
    answers = [asked.answer() for asked in flood(slack, "ada", 5)]
    by_model = [answer for answer in answers if said(answer) == "By the model."]
    quoted = [answer for answer in answers if BECAUSE["person"] in answer.text]
    assert (len(by_model), len(quoted)) == (BURST, 2)
    assert all("stackbot deploy staging" in said(answer) for answer in quoted)
    assert len(model.requests) == BURST


def test_one_persons_flood_keeps_nobody_waiting_for_more_than_a_burst_of_the_model(
    slack: Control, model: ModelServer
) -> None:
    model.otherwise = "By the model."
    theirs = flood(slack, "ada", 12)
    mine = Conversation(slack)
    mine.ask("<@bot> What is it like to be chiyo?", "chiyo")
    assert said(mine.answer()) == "By the model."
    before_me = [r for r in model.requests if "chiyo" not in json.dumps(r)]
    assert len(before_me) == BURST
    for conversation in theirs:
        conversation.answer()
        assert len(conversation.answers()) == 1


def test_a_redelivered_question_is_taken_from_the_bucket_once(
    slack: Control, model: ModelServer
) -> None:
    slack.fault("api", "drop", match="chat.startStream", after=True)
    model.otherwise = "By the model."
    first = Conversation(slack)
    first.ask(QUESTION)
    slack.until(lambda: [a for a in first.answers() if said(a) == "By the model."], 40)
    answers = [asked.answer() for asked in flood(slack, "ada", 3)]
    assert [said(answer) == "By the model." for answer in answers].count(True) == BURST - 1


def test_past_the_days_dollars_the_documents_answer_and_say_so(
    slack: Control, model: ModelServer, table: Table
) -> None:
    spend_dollars(table, 10)
    (asked,) = flood(slack, "ada", 1)
    answer = asked.answer()
    assert BECAUSE["day"] in answer.text
    assert "stackbot deploy staging" in said(answer)
    assert model.requests == []


def test_what_answers_cost_ends_the_days_dollars(
    slack: Control, model: ModelServer, stack: LocalStack, table: Table
) -> None:
    spend_dollars(table, 9.5)
    model.otherwise = "x" * 500  # 100 tokens read and 500 written, at a dollar for a thousand
    (first,) = flood(slack, "ada", 1)
    first.answer()
    slack.until(lambda: spent(stack)[-1:] == [600_000])
    (second,) = flood(slack, "chiyo", 1)
    assert BECAUSE["day"] in second.answer().text


def test_a_stopped_answer_is_paid_for_and_makes_room(
    slack: Control, model: ModelServer, stack: LocalStack
) -> None:
    before = len(spent(stack))
    model.will_stall_after("The beginning of a long story. " * 20)
    conversation = Conversation(slack)
    asked = conversation.ask("<@bot> Tell me a long story.")
    slack.until(conversation.answers)
    slack.stop("ada", asked.channel, asked.ts)
    assert model.hung_up.wait(30)
    slack.until(lambda: len(spent(stack)) > before)
    read = sum(len(message["content"]) for message in model.requests[0]["messages"])
    assert spent(stack)[-1] > 1_000 * read / 4


def test_past_the_workspaces_streams_answers_come_whole(
    slack: Control, model: ModelServer, table: Table
) -> None:
    """Slack starts 20 streams a minute and workspace: chat.startStream is of tier 2."""
    streams, now = LOCAL.streams_per_minute, time.time()
    for minute in (now, now + 60):
        assert all(may_stream(table, TEAM, streams, minute) for _ in range(streams))
    before = len(slack.calls("chat.startStream"))
    model.will_say("In one piece.")
    (asked,) = flood(slack, "ada", 1)
    assert said(asked.answer()) == "In one piece."
    assert len(slack.calls("chat.startStream")) == before


def test_only_the_listed_channels_and_direct_messages_are_answered(
    slack: Control, model: ModelServer
) -> None:
    model.otherwise = "By the model."
    elsewhere, here, direct = (Conversation(slack) for _ in range(3))
    elsewhere.ask(QUESTION, "ada", "#help")
    here.ask(QUESTION, "ben", "#general")
    direct.ask("How do I deploy to staging?", "ben", "@bot")
    assert said(elsewhere.answer()) == ELSEWHERE
    assert said(here.answer()) == said(direct.answer()) == "By the model."
