"""People can have deleted what is kept of them; what is kept of others stays."""

import json
import time
from typing import Any

import pytest

from bot import listeners
from bot.listeners import forgetting
from scripts.__main__ import main
from scripts.local.stack import LocalStack
from scripts.operate import log_lines
from scripts.slack.manifest import manifest
from slack_simulator import Control, Message
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said, settle

_KEPT = ("record#", "feedback#", "change#")
"""Keys of what is kept of people: answers, ratings, the texts of edits."""


@pytest.fixture(autouse=True)
def nothing_kept(stack: LocalStack, slack: Control) -> None:
    """Whatever other tests have asked and rated is gone, and nothing more will come of it."""
    settle(stack, slack)
    for key in _kept(stack):
        stack.client("dynamodb").delete_item(
            TableName=stack.outputs["Table"], Key={"pk": {"S": key}}
        )


def _answered(conversation: Conversation, model: ModelServer, person: str, text: str) -> Message:
    model.will_say(f"This answers {text} [1].")
    conversation.ask(f"<@bot> {text}", person=person)
    return conversation.answer()


def test_a_persons_questions_and_ratings_are_deleted_and_they_are_told_how_many(
    slack: Control, model: ModelServer, stack: LocalStack
) -> None:
    own = _answered(Conversation(slack), model, "ada", "How do I deploy my secret to staging?")
    other = _answered(Conversation(slack), model, "chiyo", "How do I deploy to prod?")
    for person, answer in (("ada", own), ("chiyo", own), ("ada", other), ("chiyo", other)):
        slack.click(person, answer, "rate", "Good answer")
        slack.until(lambda: _rated(stack, person, answer))  # noqa: B023
    assert _forget(slack, "ada") == (
        "Deleted: 1 question with what was answered, and 2 ratings. Nothing of it is left but the"
        " messages in Slack; backups, where there are any, end within 35 days."
    )
    kept = _kept(stack)
    assert len(kept) == 2, "Chiyo's question and her own rating of its answer"
    assert "U0ADA" not in json.dumps(kept)
    assert "my secret" not in json.dumps(_items(stack))
    assert said(slack.messages(own.channel, own.thread_ts)[-1])  # in Slack it stays


def test_an_edits_text_is_deleted_with_the_question(
    slack: Control, model: ModelServer, stack: LocalStack, conversation: Conversation
) -> None:
    model.will_stall()
    model.will_say("The answer to the edited question.")
    asked = conversation.ask("<@bot> How do I deploy?")
    slack.until(lambda: model.requests, 40)
    slack.edit(asked, "<@bot> How do I deploy my password?")
    assert conversation.answer()
    slack.wait_until_idle()
    assert "my password" in json.dumps(_items(stack))
    _forget(slack, "ada")
    assert "my password" not in json.dumps(_items(stack))


def test_an_edits_text_is_deleted_where_the_question_got_no_answer(
    slack: Control, stack: LocalStack, conversation: Conversation
) -> None:
    asked = conversation.ask("<@bot> May I?", person="ben")
    conversation.answer()
    slack.edit(asked, "<@bot> Then I'll tell you my whim.")
    slack.until(lambda: "my whim" in json.dumps(_items(stack)))
    assert _forget(slack, "ben").startswith("Deleted: 1 question ")
    assert "my whim" not in json.dumps(_items(stack))


def test_a_failed_question_is_deleted_with_the_rest_and_others_stay(
    slack: Control, stack: LocalStack
) -> None:
    sqs, url = stack.client("sqs"), stack.outputs["DeadLetterQueueUrl"]
    sqs.purge_queue(QueueUrl=url)
    _bury(stack, "ada", "Who stole my quixotry?")
    _bury(stack, "chiyo", "Who stole the kettle?")
    assert _forget(slack, "ada").startswith(
        "Deleted: 0 questions with what was answered, and 0 ratings, and 1 question that had"
        " failed. Nothing of it is left"
    )
    left = _letters(stack)
    sqs.purge_queue(QueueUrl=url)
    assert ["kettle" in letter["Body"] for letter in left] == [True]


def test_what_a_queue_hands_over_after_its_author_was_forgotten_is_not_answered(
    slack: Control, stack: LocalStack, model: ModelServer
) -> None:
    """Put back from behind others' failed questions, where no look could find it."""
    _forget(slack, "ada")
    calls = len(slack.calls())
    message = _message("ada", "Who stole my quixotry?")
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs["QueueUrl"],
        MessageBody=json.dumps(message),
        MessageGroupId=message["question"],
        MessageDeduplicationId=f"redriven-{time.time_ns()}",
    )
    slack.until(lambda: _erased(stack), 40)
    settle(stack, slack)
    assert (len(slack.calls()), model.requests) == (calls, [])


def test_what_is_answered_while_its_author_is_forgotten_leaves_no_record(
    slack: Control, model: ModelServer, stack: LocalStack, conversation: Conversation
) -> None:
    model.will_say("word " * 60, seconds_between=0.1)
    conversation.ask("<@bot> Where is my quincunx?")
    slack.until(lambda: model.requests, 40)
    _forget(slack, "ada")
    assert conversation.answer()
    settle(stack, slack)
    assert "quincunx" not in json.dumps(_items(stack))


def test_the_command_forgets_dead_letters_too_and_says_how_many(
    reached: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs, url = reached.client("sqs"), reached.outputs["DeadLetterQueueUrl"]
    sqs.purge_queue(QueueUrl=url)
    _bury(reached, "ada", "Who stole my quixotry?")
    assert main(["forget", "T0SAMPLE:U0ADA", "--env", "local"]) == 0
    assert "Dead letters: 1." in capsys.readouterr().out
    assert _letters(reached) == []


def test_what_was_hidden_then_is_shown_to_nobody_later(
    reached: LocalStack, slack: Control, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs, url = reached.client("sqs"), reached.outputs["DeadLetterQueueUrl"]
    sqs.purge_queue(QueueUrl=url)
    _forget(slack, "ada")
    _bury(reached, "ada", "Who stole my quixotry?")
    _bury(reached, "chiyo", "Who stole the kettle?")
    capsys.readouterr()
    assert main(["redrive", "local", "--show-texts"]) == 0
    shown = capsys.readouterr().out
    left = _letters(reached)
    sqs.purge_queue(QueueUrl=url)
    assert "kettle" in shown
    assert "quixotry" not in shown
    assert len(left) == 1


def test_where_others_may_hide_a_failed_question_that_is_said(
    slack: Control, stack: LocalStack
) -> None:
    sqs, url = stack.client("sqs"), stack.outputs["DeadLetterQueueUrl"]
    sqs.purge_queue(QueueUrl=url)
    for number in range(11):
        _bury(stack, "chiyo", f"Who stole kettle {number}?", group="one-thread")
    _bury(stack, "ada", "Who stole my quixotry?", group="one-thread")
    told = _forget(slack, "ada")
    sqs.purge_queue(QueueUrl=url)
    assert "may still wait behind those of others" in told
    assert "Nothing of it is left" not in told


def test_who_has_asked_nothing_is_told_so(slack: Control) -> None:
    assert _forget(slack, "dmitri") == "There was nothing of yours to delete."


def test_deleting_needs_no_more_of_slack_than_it_says(slack: Control, stack: LocalStack) -> None:
    home = _home(slack, "ada")
    stack.slack.install(manifest(stack.request_url, [forgetting]))
    told = len(_direct(slack, "ada"))
    slack.click("ada", home, "forget_me")
    slack.until(lambda: len(_direct(slack, "ada")) > told, 40)
    stack.slack.install(manifest(stack.request_url, listeners.SURFACES))


def test_what_is_kept_to_answer_once_holds_no_text(
    slack: Control, model: ModelServer, stack: LocalStack
) -> None:
    _answered(Conversation(slack), model, "ada", "Where is the unusual word zyzzyva?")
    holding = [key for key, item in _items(stack).items() if "zyzzyva" in json.dumps(item)]
    assert [key.partition("#")[0] for key in holding] == ["record"]


def _message(person: str, text: str, received: float = 1_700_000_000.0) -> dict[str, Any]:
    """A question as the ingress had queued it, long ago where nothing else is said."""
    ts = f"1700000000.{time.time_ns() % 1_000_000:06d}"
    event = {"type": "app_mention", "user": f"U0{person.upper()}", "channel": "C0GENERAL"}
    ours = {"team_id": "T0SAMPLE", "user_id": "U0SAMPLE", "is_bot": True}
    return {
        "v": 1,
        "kind": "event",
        "question": f"T0SAMPLE:C0GENERAL:{ts}",
        "received": received,
        "headers": {"content-type": "application/json"},
        "body": {
            "type": "event_callback",
            "team_id": "T0SAMPLE",
            "authorizations": [ours],
            "event": {**event, "text": text, "ts": ts, "event_ts": ts},
        },
    }


def _bury(stack: LocalStack, person: str, text: str, group: str = "") -> None:
    message = _message(person, text, 1_700_000_000.0 if person == "ada" else time.time())
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs["DeadLetterQueueUrl"],
        MessageBody=json.dumps(message),
        MessageGroupId=group or message["question"],
        MessageDeduplicationId=f"{time.time_ns()}",
    )


def _letters(stack: LocalStack) -> list[dict[str, Any]]:
    received = stack.client("sqs").receive_message(
        QueueUrl=stack.outputs["DeadLetterQueueUrl"], MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    letters: list[dict[str, Any]] = received.get("Messages", [])
    return letters


def _erased(stack: LocalStack) -> bool:
    lines = log_lines.lines(stack.client("logs"), stack.outputs["WorkerFunction"])
    return any(line["event"] == "erased" for line in lines)


def _forget(slack: Control, person: str) -> str:
    """Press the button in App Home; returns what the person is told."""
    home, told = _home(slack, person), len(_direct(slack, person))
    slack.click(person, home, "forget_me")
    return slack.until(lambda: _direct(slack, person)[told:], 40)[0].text


def _home(slack: Control, person: str) -> str:
    slack.open(person)
    return str(slack.until(lambda: slack.home(person))["id"])


def _direct(slack: Control, person: str) -> list[Message]:
    return [m for m in slack.messages(f"D0{person.upper()}") if m.bot]


def _rated(stack: LocalStack, person: str, answer: Message) -> bool:
    ending = f"{answer.channel}:{answer.thread_ts}#T0SAMPLE:U0{person.upper()}"
    return any(key.endswith(ending) for key in _items(stack))


def _kept(stack: LocalStack) -> dict[str, object]:
    return {k: v for k, v in _items(stack).items() if k.startswith(_KEPT)}


def _items(stack: LocalStack) -> dict[str, object]:
    pages = (
        stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["Table"])
    )
    return {item["pk"]["S"]: item for page in pages for item in page["Items"]}
