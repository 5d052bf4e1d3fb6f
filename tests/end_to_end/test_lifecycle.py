"""A workspace removes the app, or its token changes: no noise, no waste, nothing that stays."""

import json
from typing import Any

from scripts.local.stack import LocalStack
from slack_simulator import Call, Control, Posted
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said


def test_what_is_kept_of_a_workspace_goes_when_it_removes_the_app(
    conversation: Conversation, slack: Control, stack: LocalStack
) -> None:
    """Tokens are revoked and apps removed: bolt-python #663."""
    conversation.ask("<@bot> How do I deploy to staging?")
    slack.click("ada", conversation.answer(), "rate", "Good answer")
    slack.until(lambda: _kept(stack, "feedback#") and _kept(stack, "record#"))
    slack.uninstall()
    slack.until(lambda: not _kept(stack, "feedback#") and not _kept(stack, "record#"))
    stack.renew_token()


def test_failed_questions_go_too_when_the_app_is_removed(slack: Control, stack: LocalStack) -> None:
    sqs, url = stack.client("sqs"), stack.outputs["DeadLetterQueueUrl"]
    sqs.purge_queue(QueueUrl=url)
    event = {"type": "app_mention", "user": "U0ADA", "channel": "C0GENERAL", "text": "Who?"}
    body = {"type": "event_callback", "team_id": "T0SAMPLE", "event": event}
    letter = {"v": 1, "kind": "event", "question": None, "received": 1.0, "body": body}
    sqs.send_message(
        QueueUrl=url,
        MessageBody=json.dumps(letter),
        MessageGroupId="of-a-workspace",
        MessageDeduplicationId="of-a-workspace",
    )
    slack.uninstall()

    def gone() -> bool:
        shown = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
        return not shown.get("Messages")

    slack.until(gone, 40)
    stack.renew_token()


def test_a_question_from_before_the_app_was_removed_is_dropped_without_failing(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    """Tokens are revoked and apps removed: bolt-python #663."""
    slack.fault("delivery", "delay", match="app_mention", seconds=1.5)
    asked = conversation.ask("<@bot> Are you still there?")
    slack.uninstall()
    slack.until(lambda: _kept(stack, "installation#"))
    key = f"question#T0SAMPLE:{asked.channel}:{asked.ts}"
    slack.until(lambda: _state(stack, key) == "withdrawn", 40)
    assert model.requests == []
    stack.renew_token()


def test_after_another_installation_questions_are_answered_without_a_deployment(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    """A token that was replaced is found where it is stored: bolt-python #1075."""
    slack.uninstall()
    slack.until(lambda: _kept(stack, "installation#"))
    stack.renew_token()
    model.will_say("I am back.")
    conversation.ask("<@bot> Are you back?")
    assert said(conversation.answer(30)) == "I am back."
    assert len(model.requests) == 1


def test_a_question_waits_for_the_token_that_replaces_a_revoked_one(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    """A token that was replaced is found where it is stored: bolt-python #1075."""
    slack.renew_token()  # the stored one is revoked, and the new one not stored yet
    model.will_say("At last.")
    asked = conversation.ask("<@bot> Did you lose your key?")
    slack.until(lambda: _refused(slack, asked), 40)
    assert model.requests == []
    stack.store_token()
    assert said(conversation.answer(30)) == "At last."
    assert len(model.requests) == 1


def _refused(slack: Control, asked: Posted) -> list[Call]:
    """The calls for a question that Slack refused because of their token."""
    calls = [call for call in slack.calls() if call.args.get("thread_ts") == asked.ts]
    return [call for call in calls if call.error == "token_revoked"]


def _kept(stack: LocalStack, prefix: str) -> list[str]:
    return [key for key in _items(stack) if key.startswith(prefix)]


def _state(stack: LocalStack, key: str) -> str | None:
    state = _items(stack).get(key, {}).get("state", {}).get("S")
    return str(state) if state else None


def _items(stack: LocalStack) -> dict[str, Any]:
    items = stack.client("dynamodb").scan(TableName=stack.outputs["Table"])["Items"]
    return {item["pk"]["S"]: item for item in items}
