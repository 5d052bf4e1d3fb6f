"""A question is tried on both functions, through the documents and the model, and nobody sees it.

And what one version has queued, the next one answers: here, as the first format was written.
"""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from scripts.__main__ import main
from scripts.local.stack import LocalStack
from slack_simulator import Control
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said, settle
from tests.slack_requests import event_request, interaction_request, mention, shortcut

Json = dict[str, Any]

FORMAT_1 = (
    '{"v":1,"kind":"event","question":"%(team)s:%(channel)s:%(ts)s","body":{"team_id":"%(team)s",'
    '"api_app_id":"%(app)s","type":"event_callback","event":{"type":"app_mention","channel":'
    '"%(channel)s","user":"%(user)s","text":"<@%(bot)s> Is Friday off?","ts":"%(ts)s",'
    '"event_ts":"%(ts)s"},"event_id":"Ev%(ts)s","event_time":1700000000,"authorizations":[{"team_id"'
    ':"%(team)s","user_id":"%(bot)s","is_bot":true,"is_enterprise_install":false}]},"headers":'
    '{"content-type":"application/json"},"received":%(at).1f,"request_id":"an-old-request"}'
)
"""Byte for byte what the first ingress queued. It stays as it is, whatever the next format is."""


def test_a_dry_request_ends_in_an_answer_that_nobody_sees(
    stack: LocalStack, slack: Control, model: ModelServer
) -> None:
    settle(stack, slack)
    so_far, before = len(slack.calls()), kept(stack)
    model.will_say("Push to main [1].")
    http = event_request(mention("How do I deploy to staging?"), secret=stack.signing_secret)
    read = invoke(stack, 0, http)
    told = invoke(stack, 1, read["message"]["body"])
    assert (read["build"], told["build"], read["status"]) == (stack.build, stack.build, 200)
    assert (told["answer"], told["model"]) == ("Push to main [1].", "scripted")
    assert "staging" in told["sources"][0]
    settle(stack, slack)
    assert len(slack.calls()) == so_far
    assert kept(stack) == before


def test_why_the_documents_had_to_answer_is_told(
    stack: LocalStack, slack: Control, model: ModelServer
) -> None:
    settle(stack, slack)
    model.will_fail(401)
    http = event_request(mention("How do I deploy to staging?"), secret=stack.signing_secret)
    told = invoke(stack, 1, invoke(stack, 0, http)["message"]["body"])
    assert told["answer"]
    assert "401" in told["without_model"]


def test_it_is_told_whether_the_documents_answered(
    stack: LocalStack, slack: Control, model: ModelServer
) -> None:
    settle(stack, slack)
    told = []
    for says in ("Push to main [1].", "[0] They don't say."):
        model.will_say(says)
        http = event_request(mention("How do I deploy to staging?"), secret=stack.signing_secret)
        told.append(invoke(stack, 1, invoke(stack, 0, http)["message"]["body"]))
    assert [(one["answer"], one["abstained"], one["contact"]) for one in told] == [
        ("Push to main [1].", False, ""),
        ("They don't say.", True, ""),
    ]


def test_whatever_is_no_question_is_not_tried(stack: LocalStack) -> None:
    http = interaction_request(shortcut(), secret=stack.signing_secret)
    told = invoke(stack, 1, invoke(stack, 0, http)["message"]["body"])
    assert told["errorMessage"] == "no question"


def test_a_message_of_the_first_format_is_answered(
    stack: LocalStack, conversation: Conversation, model: ModelServer
) -> None:
    model.will_say("Friday is a holiday.")
    asked = conversation.ask("Is Friday off?")  # without a mention, so Slack's event is dropped
    who = stack.slack.credentials
    ids: Json = {"team": who["team_id"], "bot": who["bot_user_id"], "user": "U0ADA"}
    ids |= {"channel": asked.channel, "ts": asked.ts, "app": who["app_id"], "at": time.time()}
    group = "{team}:{channel}:{ts}".format(**ids)
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs["QueueUrl"],
        MessageBody=FORMAT_1 % ids,
        MessageGroupId=group,
        MessageDeduplicationId=group,
    )
    assert said(conversation.answer()) == "Friday is a holiday."


def test_a_golden_set_is_asked_of_what_is_deployed(
    reached: LocalStack,
    slack: Control,
    model: ModelServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settle(reached, slack)
    so_far, before = len(slack.calls()), kept(reached)
    follow_up = {"id": "prod", "question": "& to <prod>?", "turns": ["Deploy to staging?", "Push."]}
    golden = [
        {**follow_up, "sources": ["deploying.md#Deploy to prod"], "points": ["./stackbot deploy"]},
        {"id": "pasta", "question": "How do I cook pasta?", "not_answerable": True},
    ]
    (tmp_path / "golden.jsonl").write_text("\n".join(map(json.dumps, golden)))
    model.will_say("Tag the version [1].")
    model.will_say("[0] The documents don't say.")
    own = [f"--{name}={tmp_path / name}" for name in ("report", "against")]
    own += [f"--golden={tmp_path / 'golden.jsonl'}", "--at-once=1", "--json"]
    assert main(["eval", "local", *own]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["asked"], found["model"], found["failed"]) == ("local", "scripted", {})
    assert found["figures"]["recall@20"]["value"] == 1.0
    assert found["figures"]["abstention recall"]["value"] == 1.0
    assert found["figures"]["citations valid"]["value"] == 1.0
    read = [turn["content"] for turn in model.requests[0]["messages"]]
    assert "Deploy to staging?" in read[1]
    assert "& to <prod>?" in read[-1]
    settle(reached, slack)
    assert len(slack.calls()) == so_far
    assert kept(reached) == before


def invoke(stack: LocalStack, function: int, dry: Json | str) -> Json:
    """What the ingress, 0, or the worker, 1, makes of it."""
    answer = stack.client("lambda").invoke(
        FunctionName=stack.functions[function], Payload=json.dumps({"dry": dry})
    )
    told: Json = json.load(answer["Payload"])
    return told


def kept(stack: LocalStack) -> list[Json]:
    """All that the table holds."""
    scanned = stack.client("dynamodb").scan(TableName=stack.outputs["Table"])
    items: list[Json] = scanned["Items"]
    return items
