"""Slack's clock and ours may differ: whose message is whose is never a matter of seconds."""

import pytest

from slack_simulator import Control
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said


@pytest.mark.parametrize("ahead", [-30.0, 30.0])
def test_an_orphan_is_taken_over_and_an_earlier_answer_is_not(
    conversation: Conversation, model: ModelServer, slack: Control, ahead: float
) -> None:
    slack.set_clock(ahead)
    model.will_say("The first answer.")
    conversation.ask("<@bot> What comes first?")
    slack.until(lambda: finished(conversation) == 1, 40)
    slack.fault("api", "lose_ack", match="chat.startStream")
    model.will_say("Half of it.")
    model.will_say("The second answer.")
    conversation.ask("<@bot> What comes second?")
    slack.until(lambda: "second" in said(conversation.answers()[-1]), 30)
    slack.until(lambda: finished(conversation) == 2, 40)
    assert [said(a) for a in conversation.answers()] == ["The first answer.", "The second answer."]


def finished(conversation: Conversation) -> int:
    return len([a for a in conversation.answers() if not a.streaming])
