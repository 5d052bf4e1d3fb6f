"""People from outside where they may ask, and guests where they count as people from outside.

One stack for both: its row says `ask_guests`, `ask_strangers` and `guests_read_along`.
"""

from collections.abc import Iterator

import pytest

from bot.conversation.access.policy import ANSWERED_DIRECTLY
from scripts.local.models import Model
from scripts.local.stack import LocalStack
from slack_simulator import Control
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said, settle
from tests.end_to_end.test_readers import (
    PLAIN,
    PUBLIC,
    directly,
    own,
    publish_birds,
    shown,
    words_in,
)

TIMES = ("worker_timeout=9", "lease_margin=-8", "visibility_margin=1")
"""A failure that was caught comes back after the lease, 1 s: nothing is killed at work here."""
ROW = ("ask_guests=true", "ask_strangers=true", "guests_read_along=true")


@pytest.fixture(scope="module")
def stack(model_server: ModelServer) -> Iterator[LocalStack]:
    model = Model("openai", "scripted", model_server.url, "not-a-real-key")
    with LocalStack(model, context=(*TIMES, *ROW)) as running:
        publish_birds(running)
        yield running


@pytest.fixture(autouse=True)
def _nothing_remembered(stack: LocalStack, slack: Control) -> None:
    """Of who is in which channel, which the worker keeps for ten minutes."""
    settle(stack, slack)
    slack.reset()
    stack.emulator.kill(stack.outputs["WorkerFunction"])


@pytest.mark.parametrize(
    ("person", "channel"), [("dmitri", "#help"), ("ben", "#general"), ("ben", "@bot")]
)
def test_who_asks_from_outside_has_public_documents_alone_and_is_sent_nothing_else(
    conversation: Conversation, model: ModelServer, slack: Control, person: str, channel: str
) -> None:
    model.will_say("Seeds [1].")
    conversation.ask("<@bot> What does the falcon eat?", person, channel)
    assert said(conversation.answer()) == "Seeds [1]."
    model.will_call("search_documents", query="owl hawk eats")
    model.will_say("[0] I don't know.")
    conversation.ask("<@bot> What do the owl and the hawk eat?", person, channel)
    slack.until(lambda: said(conversation.answers()[-1]) == "I don't know.", 40)
    assert words_in(model.requests) == {PUBLIC}
    messages = [slack.messages(place["id"]) for place in slack.state()["channels"]]
    assert words_in(messages) <= {PUBLIC}
    if channel != "@bot":
        assert own(slack, f"D0{person.upper()}") == []


def test_a_guest_who_has_just_come_has_public_documents_alone(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    slack.set_members("#general", ["ada", "chiyo"])
    model.will_say(f"It eats {PLAIN} [1].")
    conversation.ask("<@bot> What does the owl eat?")
    assert said(conversation.answer()) == f"It eats {PLAIN} [1]."
    model.forget()
    slack.set_members("#general", ["ada", "ben", "chiyo"])
    model.will_say("[0] I don't know.")
    guests = Conversation(slack)
    guests.ask("<@bot> What does the owl eat?", "ben")
    guests.answer()
    assert words_in(model.requests) <= {PUBLIC}


def test_with_a_guest_in_the_channel_the_asker_alone_reads_what_is_not_public(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_say(f"It eats {PLAIN} [1].")
    conversation.ask("<@bot> What does the owl eat?")
    (answer,) = directly(slack)
    assert said(answer) == f"It eats {PLAIN} [1]."
    assert [said(line) for line in conversation.answers()] == [ANSWERED_DIRECTLY]
    assert words_in(slack.messages("C0GENERAL")) == set()
    for method in ("users.list", "conversations.members"):
        assert slack.calls(method)


def test_after_an_apology_in_direct_messages_it_is_tried_again_there(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    slack.fault("api", "error", match="chat.startStream", error="fatal_error", times=None)
    # The question there and the line in the thread are posted before it fails twice.
    slack.fault("api", "error", match="chat.postMessage", error="fatal_error", skip=2, times=2)
    for _ in range(2):
        model.will_say("Nobody will read this.")
    conversation.ask("<@bot> What does the owl eat?")
    (apology,) = directly(slack, 60)
    assert said(apology).startswith("Sorry, StackBot could not answer this")
    slack.clear_faults()
    model.forget()
    model.will_say(f"It eats {PLAIN} [1].")
    slack.click("ada", apology, "try_again")
    slack.until(lambda: [said(m) for m in shown(slack)] == [f"It eats {PLAIN} [1]."], 40)
    assert [said(line) for line in conversation.answers()] == [ANSWERED_DIRECTLY]
    assert words_in(slack.messages("C0GENERAL")) == set()


def test_with_a_guest_in_the_channel_what_is_public_is_answered_there(
    conversation: Conversation, model: ModelServer
) -> None:
    model.will_say("Seeds [1].")
    conversation.ask("<@bot> What does the falcon eat?")
    assert said(conversation.answer()) == "Seeds [1]."
    assert words_in(model.requests) == {PUBLIC}


def test_without_a_guest_in_the_channel_everything_is_answered_there(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    slack.set_members("#general", ["ada", "chiyo"])
    model.will_say(f"It eats {PLAIN} [1].")
    conversation.ask("<@bot> What does the owl eat?")
    assert said(conversation.answer()) == f"It eats {PLAIN} [1]."
    assert own(slack, "D0ADA") == []


def test_nobody_is_asked_about_where_only_what_is_public_is_near(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_say("Seeds [1].")
    conversation.ask("<@bot> Falcon?")
    conversation.answer()
    assert slack.calls("users.list") == slack.calls("conversations.members") == []
