"""Guests and people of other companies get one polite refusal, from payloads as Slack sends them.

By default the environment table lets in neither; tests/conversation/test_access.py tries every
other row.
"""

import pytest

from bot.conversation.access.policy import GUEST, STRANGER
from scripts.local.stack import LocalStack
from slack_simulator import Control
from slack_simulator.scripted_model import ModelServer
from slack_simulator.workspace.people import PARTNER_TEAM, TEAM
from tests.end_to_end.conftest import Conversation, said


@pytest.mark.parametrize(
    ("person", "channel", "refusal"),
    [
        ("ben", "#general", GUEST),
        ("ben", "@bot", GUEST),
        ("dmitri", "#help", STRANGER),
    ],
)
@pytest.mark.parametrize("mishap", ["", "duplicate", "lose_ack"])
def test_who_may_not_ask_is_refused_once_and_no_model_reads_it(
    conversation: Conversation,
    model: ModelServer,
    slack: Control,
    person: str,
    channel: str,
    refusal: str,
    mishap: str,
) -> None:
    if mishap:
        slack.fault("delivery", mishap, match="app_mention" if channel[0] == "#" else "message")
    asked = conversation.ask("<@bot> What are your secrets?", person, channel)
    slack.until(lambda: conversation.answers())
    slack.wait_until_idle()
    conversation.ask("<@bot> And now?", person, channel)
    slack.until(lambda: len(conversation.answers()) == 2)
    assert [said(answer) for answer in conversation.answers()] == [refusal, refusal]
    assert {answer.thread_ts for answer in conversation.answers()} == {asked.ts}
    assert model.requests == []
    told = [d for d in slack.deliveries() if d.body.get("event", {}).get("ts") == asked.ts]
    shared = [d.body["is_ext_shared_channel"] for d in told]
    assert set(shared) == {channel == "#help"}


def test_our_own_people_are_answered_in_a_shared_channel(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_say("At nine.")
    conversation.ask("<@bot> When do we open?", "ada", "#help")
    assert said(conversation.answer()) == "At nine."
    mention = slack.deliveries("app_mention")[-1].body
    assert mention["is_ext_shared_channel"] is True


def test_a_strangers_question_tells_their_team_as_slack_does(
    conversation: Conversation, slack: Control
) -> None:
    asked = conversation.ask("<@bot> Hello?", "dmitri", "#help")
    slack.until(lambda: conversation.answers())
    (event, *_) = [
        d.body for d in slack.deliveries("app_mention") if d.body["event"]["ts"] == asked.ts
    ]
    assert event["event"]["user_team"] == event["event"]["source_team"] == PARTNER_TEAM
    assert event["event"]["user_profile"]["team"] == PARTNER_TEAM
    assert event["authorizations"][0]["team_id"] == event["context_team_id"] == TEAM


def test_a_question_waits_while_slack_does_not_say_who_asks(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    stack.emulator.kill(stack.outputs["WorkerFunction"])  # it remembers people for a while
    before = len(slack.calls("users.info"))
    slack.fault("api", "error", match="users.info", error="fatal_error")
    conversation.ask("<@bot> May I?", "dmitri", "#help")
    slack.until(lambda: conversation.answers(), 40)
    assert [said(answer) for answer in conversation.answers()] == [STRANGER]
    assert len(slack.calls("users.info")) == before + 2
    assert model.requests == []
