"""The grants of the deployed roles are enough, and none of them is needless.

The emulator enforces IAM here, for every call that the functions make themselves. Polling the
queue and writing logs it does on their behalf without asking their roles: those grants are
`UNCHECKED`, and tests/infra/checks/grants.py holds the template of every environment to them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from scripts.local.models import Model
from scripts.local.stack import LocalStack
from scripts.operate import log_lines
from slack_simulator import Control, Delivery, Message
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said, settle
from tests.end_to_end.roles import FUNCTIONS, Grant, Roles

TIMES = ("worker_timeout=5", "lease_margin=-3", "visibility_margin=1")
"""A failure that was caught comes back after the lease, 2 s; any other after 6 s."""
SOON = 4.0
TIME_SCALE = 60
"""Slack tries again after a second instead of a minute."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a probe works with. Each of them says whether something works, once it is certain."""

    stack: LocalStack
    slack: Control
    model: ModelServer

    def ask(self) -> Conversation:
        conversation = Conversation(self.slack)
        conversation.ask("<@bot> How do I deploy to staging?")
        return conversation

    def first_attempt(self, kind: str, wanted: Callable[[dict[str, str]], bool]) -> Delivery:
        """How the app first answered Slack's telling of an event."""

        def done() -> Delivery | None:
            told = self.slack.deliveries(kind)
            return next((d for d in told if d.done and wanted(d.body["event"])), None)

        return self.slack.until(done, 40)

    def failures(self) -> int:
        """How many invocations of the worker have failed so far, at its start or later."""
        pages = self.stack.client("logs").get_paginator("filter_log_events")
        group = f"/aws/lambda/{self.stack.outputs['WorkerFunction']}"
        return sum(
            '"event":"failed"' in line["message"] or line["message"].startswith("Traceback")
            for page in pages.paginate(logGroupName=group, filterPattern="")
            for line in page["events"]
        )

    def messages(self) -> set[str]:
        """What the bot has said in a channel, outside its threads."""
        found = self.slack.messages("#general")
        return {m.ts for m in found if m.bot and m.thread_ts in (None, m.ts)}

    def handed_over(self) -> list[float]:
        """When the queue handed the worker a message, in epoch seconds."""
        lines = log_lines.lines(self.stack.client("logs"), self.stack.outputs["WorkerFunction"])
        times = [line["timestamp"] for line in lines if line["event"] == "delivered"]
        return [datetime.fromisoformat(time).timestamp() for time in times]

    def give_up(self) -> None:
        """Drop what the queue would hand over again."""
        self.stack.client("sqs").purge_queue(QueueUrl=self.stack.outputs["QueueUrl"])

    def settle(self) -> None:
        settle(self.stack, self.slack)


def slack_is_told_that_all_is_well(bench: Bench) -> bool:
    asked = bench.ask().root
    assert asked
    delivery = bench.first_attempt("app_mention", lambda event: event["ts"] == asked.ts)
    assert delivery.status == (200 if delivery.ok else 500)
    return delivery.ok


def a_stop_is_noted(bench: Bench) -> bool:
    before = len(bench.model.requests)
    bench.model.will_stall()
    asked = bench.ask().root
    assert asked
    bench.slack.until(lambda: len(bench.model.requests) > before, 40)
    bench.slack.stop("ada", asked.channel, asked.ts)
    delivery = bench.first_attempt(
        "agent_session_stopped", lambda event: event["thread_ts"] == asked.ts
    )
    assert delivery.status == (200 if delivery.ok else 500)
    return delivery.ok


def a_question_is_answered(bench: Bench) -> bool:
    before = bench.failures()
    conversation = bench.ask()
    bench.slack.until(lambda: conversation.answers() or bench.failures() > before, 40)
    if conversation.answers():
        return bool(said(conversation.answer()))
    bench.give_up()
    return False


def an_answer_names_its_source(bench: Bench) -> bool:
    bench.model.will_say("Run the deploy command [1].")
    answer = bench.ask().answer()
    assert "Run the deploy command" in said(answer)
    return "Sources: [1]" in answer.text


def a_failure_comes_back_soon(bench: Bench) -> bool:
    conversation = bench.ask()
    conversation.answer()
    bench.settle()
    before = len(bench.handed_over())
    bench.slack.fault("api", "drop", match="conversations.replies", times=2)
    conversation.ask("<@bot> And to prod?")
    bench.slack.until(lambda: len(bench.handed_over()) == before + 2, 40)
    failed, repeated = bench.handed_over()[before:]
    assert said(conversation.answer())
    return repeated - failed < SOON


def a_command_is_answered(bench: Bench) -> bool:
    before, there = bench.failures(), bench.messages()
    bench.slack.command("ada", "#general", "/ask", "How do I deploy to staging?")
    posted = bench.slack.until(lambda: bench.messages() - there, 40).pop()
    bench.slack.until(
        lambda: bench.slack.messages("C0GENERAL", posted)[1:] or bench.failures() > before, 20
    )
    if bench.slack.messages("C0GENERAL", posted)[1:]:
        return True
    bench.give_up()
    return False


def what_is_kept_is_deleted(bench: Bench) -> bool:
    assert bench.ask().answer()
    bench.settle()
    bench.slack.open("ada")
    home = bench.slack.until(lambda: bench.slack.home("ada"))
    before = bench.failures()
    told = len(_direct_messages(bench))
    bench.slack.click("ada", home["id"], "forget_me")
    bench.slack.until(lambda: len(_direct_messages(bench)) > told or bench.failures() > before, 40)
    if len(_direct_messages(bench)) > told:
        return True
    bench.give_up()
    return False


def what_is_kept_goes_with_the_workspace(bench: Bench) -> bool:
    bench.ask().answer()
    bench.settle()
    before = bench.failures()
    bench.slack.uninstall()
    bench.slack.until(lambda: not _records(bench) or bench.failures() > before, 40)
    gone = not _records(bench)
    bench.give_up()
    bench.stack.renew_token()
    bench.ask().answer(30)  # so that the next one finds a worker with the new token
    return gone


def _records(bench: Bench) -> list[str]:
    items = bench.stack.client("dynamodb").scan(TableName=bench.stack.outputs["Table"])["Items"]
    keys = [item["pk"]["S"] for item in items]
    return [key for key in keys if key.startswith("record#")]


def _direct_messages(bench: Bench) -> list[Message]:
    return bench.slack.messages("D0ADA")


PROBES: dict[Grant, Callable[[Bench], bool]] = {
    Grant("ingress", "ssm:GetParameter", "signing-secret"): slack_is_told_that_all_is_well,
    Grant("ingress", "sqs:SendMessage"): slack_is_told_that_all_is_well,
    Grant("ingress", "dynamodb:PutItem"): a_stop_is_noted,
    Grant("worker", "ssm:GetParameter", "slack"): a_question_is_answered,
    Grant("worker", "ssm:GetParameter", "openai-api-key"): a_question_is_answered,
    Grant("worker", "dynamodb:UpdateItem"): a_question_is_answered,
    Grant("worker", "dynamodb:BatchGetItem"): a_question_is_answered,
    Grant("worker", "dynamodb:BatchWriteItem"): what_is_kept_is_deleted,
    Grant("worker", "dynamodb:Query"): what_is_kept_is_deleted,
    Grant("worker", "dynamodb:Scan"): what_is_kept_goes_with_the_workspace,
    Grant("worker", "s3:GetObject"): an_answer_names_its_source,
    Grant("worker", "sqs:SendMessage"): a_command_is_answered,
    Grant("worker", "sqs:ChangeMessageVisibility"): a_failure_comes_back_soon,
    Grant("worker", "sqs:ReceiveMessage"): what_is_kept_is_deleted,  # of the dead letters
}
UNCHECKED = {
    *(Grant(name, "logs:CreateLogStream") for name in FUNCTIONS),
    *(Grant(name, "logs:PutLogEvents") for name in FUNCTIONS),
    Grant("worker", "sqs:DeleteMessage"),
    Grant("worker", "sqs:GetQueueAttributes"),
}


@pytest.fixture(scope="module")
def stack(model_server: ModelServer) -> Iterator[LocalStack]:
    model = Model("openai", "scripted", model_server.url, "not-a-real-key")
    with LocalStack(model, enforce_iam=True, time_scale=TIME_SCALE, context=TIMES) as running:
        yield running


@pytest.fixture(scope="module")
def roles(stack: LocalStack) -> Roles:
    return Roles(stack)


@pytest.fixture
def bench(stack: LocalStack, slack: Control, model: ModelServer) -> Iterator[Bench]:
    bench = Bench(stack, slack, model)
    yield bench
    bench.settle()


def test_with_all_grants_a_question_and_its_follow_up_are_answered_with_a_source(
    bench: Bench, conversation: Conversation
) -> None:
    # What it says every time: on a busy machine the first worker may start for its whole 5 seconds.
    bench.model.otherwise = "Run the deploy command [1]."
    conversation.ask("<@bot> How do I deploy to staging?")
    assert "Sources: [1]" in conversation.answer().text
    bench.model.otherwise = "The same, for prod."
    conversation.ask("<@bot> And to prod?")
    assert said(conversation.answer()) == "The same, for prod."
    assert "Run the deploy command" in str(bench.model.requests[-1]["messages"])


def test_with_all_grants_a_stop_ends_the_answer(bench: Bench) -> None:
    assert a_stop_is_noted(bench)
    assert bench.model.hung_up.wait(30)


def test_every_deployed_grant_is_probed_or_known_to_be_unchecked(roles: Roles) -> None:
    assert roles.grants() == PROBES.keys() | UNCHECKED
    assert not PROBES.keys() & UNCHECKED


@pytest.mark.parametrize("grant", PROBES, ids=str)
def test_what_a_grant_is_for_fails_without_it_and_works_again_with_it(
    bench: Bench, roles: Roles, grant: Grant
) -> None:
    works = PROBES[grant]
    with roles.without(grant):
        assert not works(bench)
    bench.settle()
    assert works(bench)


def test_what_the_emulator_does_for_the_functions_needs_no_grant_in_it(
    bench: Bench, roles: Roles
) -> None:
    with roles.without(*UNCHECKED):
        assert a_question_is_answered(bench)
