"""A question's way through the real stack, as a person sees it in Slack."""

import json

import pytest

from scripts.local.stack import LocalStack
from slack_simulator import Control, Delivery, Posted
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said, wait_until_accepted


def test_a_mention_is_answered_in_its_thread(
    conversation: Conversation, model: ModelServer
) -> None:
    model.will_say("Friday is a holiday.")
    asked = conversation.ask("<@bot> Is Friday off?")
    answer = conversation.answer()
    assert said(answer) == "Friday is a holiday."
    assert answer.thread_ts == asked.ts
    assert len(conversation.answers()) == 1


def test_a_direct_message_is_answered_in_its_thread(
    conversation: Conversation, model: ModelServer
) -> None:
    model.will_say("At nine.")
    asked = conversation.ask("When do we open?", channel="@bot")
    assert said(conversation.answer()) == "At nine."
    assert conversation.answer().thread_ts == asked.ts


def test_a_follow_up_knows_the_earlier_turns(
    conversation: Conversation, model: ModelServer
) -> None:
    model.will_say("Run the deploy command for staging.")
    conversation.ask("<@bot> How do I deploy to staging?")
    conversation.answer()
    model.will_say("The same, for prod.")
    conversation.ask("<@bot> And to prod?")
    assert said(conversation.answer()) == "The same, for prod."
    turns = [(turn["role"], turn["content"]) for turn in model.requests[-1]["messages"]]
    assert ("assistant", "Run the deploy command for staging.") in turns
    assert any("deploy to staging?" in text for role, text in turns if role == "user")
    assert "And to prod?" in turns[-1][1]


def test_questions_in_a_thread_are_answered_in_their_order(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    for number in ("One.", "Two.", "Three."):
        model.will_say(number, seconds_between=0.05)
        asked = conversation.ask(f"<@bot> What comes after the one before {number}")
        wait_until_accepted(slack, asked)
    slack.until(lambda: len([a for a in conversation.answers() if not a.streaming]) == 3, 40)
    assert [said(answer) for answer in conversation.answers()] == ["One.", "Two.", "Three."]
    last = [turn["content"] for turn in model.requests[-1]["messages"]]
    assert "One." in last
    assert "Two." in last


def test_the_status_shows_while_the_answer_is_made_and_is_gone_after(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_say("Slowly now.", seconds_between=0.2)
    asked = conversation.ask("<@bot> How fast?")
    slack.until(lambda: slack.session(asked.channel, asked.ts).get("status") == "processing")
    conversation.answer()
    assert slack.session(asked.channel, asked.ts)["status"] == "active"


@pytest.mark.parametrize("mishap", ["duplicate", "lose_ack"])
def test_retries_and_duplicates_get_one_answer(
    conversation: Conversation, model: ModelServer, slack: Control, mishap: str
) -> None:
    """bolt-python #678, ChatGPT-in-Slack #27: the same answer two or three times."""
    slack.fault("delivery", mishap, match="app_mention")
    model.will_say("Once.")
    asked = conversation.ask("<@bot> How often do you answer?")
    slack.until(lambda: len(_attempts(slack, asked.ts)) >= 2)
    slack.wait_until_idle()
    assert said(conversation.answer()) == "Once."
    conversation.ask("<@bot> Are you done?")
    conversation.answer()
    assert len(conversation.answers()) == 2


def test_a_retry_that_the_queue_no_longer_knows_gets_no_second_answer(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    # The queue deduplicates for 5 minutes; Slack's delayed events come for 24 hours.
    model.will_say("Once.")
    conversation.ask("<@bot> How often do you answer late ones?")
    conversation.answer()
    assert conversation.root
    _enqueue_again(stack, slack, conversation.root)
    conversation.ask("<@bot> Are you done?")
    conversation.answer()
    assert len(conversation.answers()) == 2


def test_slack_is_answered_long_before_the_person_is(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    """bolt-python #483: the acknowledgement cannot be separated from the work by a queue."""
    model.will_stall()
    asked = conversation.ask("<@bot> Take your time.")
    slack.until(lambda: model.requests, 40)
    (delivery,) = _attempts(slack, asked.ts)
    assert (delivery.status, delivery.done) == (200, True)
    assert conversation.answers() == []
    slack.stop("ada", asked.channel, asked.ts)
    conversation.answer()


def test_an_answer_that_is_rewritten_asks_nothing(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    """CopilotKit PR #6717: message_changed events of the bot's own edits loop."""
    model.will_break_after("This sentence will never be " * 12)
    model.will_say("Whole again.")
    conversation.ask("<@bot> Do you talk to yourself?")
    conversation.answer()
    slack.until(lambda: any(map(_is_own_edit, slack.deliveries("message"))), 40)
    slack.wait_until_idle()
    assert all(edit.ok for edit in slack.deliveries("message") if _is_own_edit(edit))
    assert len(model.requests) == 2
    assert [said(answer) for answer in conversation.answers()] == ["Whole again."]


def test_a_long_thread_is_read_to_its_end_however_small_the_pages(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    """ChatGPT-in-Slack #116: Slack hands some apps 15 messages at a time."""
    slack.set_limits(page=15)
    root = conversation.ask("We talk for a while.")
    for number in range(30):
        slack.say("chiyo", root.channel, f"Point {number}.", thread=root.ts)
    conversation.ask("<@bot> What was the last point?")
    conversation.answer()
    slack.set_limits(page=True)
    assert "Point 29." in str(model.requests[-1]["messages"])


def test_a_channel_message_without_a_mention_is_left_alone(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    conversation.ask("Just talking among ourselves.")
    slack.wait_until_idle()
    assert conversation.answers() == []
    assert model.requests == []


def test_a_long_answer_goes_on_in_further_messages_with_nothing_lost(
    conversation: Conversation, model: ModelServer
) -> None:
    lines = [f"Line {number} of a long story that goes on and on." for number in range(600)]
    code = "\n".join(f"print({number})" for number in range(900))
    model.will_say("\n".join(lines) + f"\n\n```python\n{code}\n```\n\nThe end.", piece=400)
    conversation.ask("<@bot> Tell me a long story.")
    assert said(conversation.answer()).endswith("The end.")
    parts = [said(answer) for answer in conversation.answers()]
    assert len(parts) > 3
    assert all(part.count("```") % 2 == 0 for part in parts)
    shown = [line for part in parts for line in part.splitlines()]
    assert [line for line in shown if line.startswith("Line")] == lines
    assert [line for line in shown if line.startswith("print")] == code.splitlines()


def _is_own_edit(delivery: Delivery) -> bool:
    event = delivery.body["event"]
    return bool(event.get("subtype") == "message_changed" and "bot_id" in event["message"])


def _attempts(slack: Control, ts: str) -> list[Delivery]:
    """How Slack told the bot of the mention `ts`."""
    told = slack.deliveries("app_mention")
    return [delivery for delivery in told if delivery.body["event"]["ts"] == ts]


def _enqueue_again(stack: LocalStack, slack: Control, asked: Posted) -> None:
    """Put the event into the queue once more, as the ingress would a day later."""
    body = _attempts(slack, asked.ts)[0].body
    team = body["team_id"]
    message = {"v": 1, "kind": "event", "body": body, "headers": {}}
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs["QueueUrl"],
        MessageBody=json.dumps(message | {"question": f"{team}:{asked.channel}:{asked.ts}"}),
        MessageGroupId=f"{team}:{asked.channel}:{asked.ts}",
        MessageDeduplicationId="a-day-later",
    )
