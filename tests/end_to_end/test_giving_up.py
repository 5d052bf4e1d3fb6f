"""When every attempt fails: one apology, and a button that tries once more."""

import re
from collections.abc import Iterator

import pytest

from bot.conversation.access.policy import GUEST
from scripts.__main__ import main
from scripts.local.models import Model
from scripts.local.stack import LocalStack
from slack_simulator import Control, Message, Posted
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, dead_letter, said
from tests.end_to_end.test_changes import ended, stop_late

TIMES = ("worker_timeout=9", "lease_margin=-8", "visibility_margin=1")
"""A failure that was caught comes back after the lease, 1 s: nothing is killed here."""


@pytest.fixture(scope="module")
def stack(model_server: ModelServer) -> Iterator[LocalStack]:
    model = Model("openai", "scripted", model_server.url, "not-a-real-key")
    with LocalStack(model, context=TIMES) as running:
        yield running


def test_the_apology_says_what_to_do_and_its_button_has_the_question_answered(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    apology = make_it_apologise(conversation, model, slack)
    assert said(apology).startswith("Sorry, StackBot could not answer this")
    assert re.search(r"reference: `[0-9a-f]{8}`", said(apology))
    model.will_say("Third time lucky.")
    slack.click("chiyo", apology, "try_again")
    answer = slack.until(lambda: said(conversation.answers()[0]) == "Third time lucky.", 40)
    assert answer
    assert len(conversation.answers()) == 1
    assert "Are you there?" in str(model.requests[-1]["messages"][-1])


def test_pressing_the_button_twice_gives_one_answer(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    apology = make_it_apologise(conversation, model, slack)
    model.will_say("Here I am.")
    model.will_say("And here I am again.")
    slack.click("ada", apology, "try_again")
    slack.click("chiyo", apology, "try_again")
    slack.until(lambda: said(conversation.answers()[0]) == "Here I am.", 40)
    conversation.ask("<@bot> Anything else?")
    slack.until(lambda: len(conversation.answers()) == 2, 40)
    assert said(conversation.answers()[0]) == "Here I am."


def test_the_button_leaves_alone_what_was_answered_below_the_apology(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    apology = make_it_apologise(conversation, model, slack)
    model.will_say("The second answer.")
    conversation.ask("<@bot> And the second question?")
    slack.until(lambda: len(ended(conversation)) == 2, 40)
    model.will_say("The first answer.")
    slack.click("ada", apology, "try_again")
    slack.until(lambda: said(conversation.answers()[0]) == "The first answer.", 40)
    conversation.ask("<@bot> Is everybody served?")
    slack.until(lambda: len(ended(conversation)) >= 3, 40)
    assert [said(a) for a in conversation.answers()][:2] == [
        "The first answer.",
        "The second answer.",
    ]


def test_the_button_refuses_whoever_may_not_ask(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    apology = make_it_apologise(conversation, model, slack)
    slack.click("ben", apology, "try_again")
    slack.until(lambda: whispers(slack, apology.channel, "U0BEN") == [GUEST], 40)
    assert said(conversation.answers()[0]) == said(apology)
    assert not model.requests


def test_the_button_works_in_a_thread_that_was_stopped_since(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    apology = make_it_apologise(conversation, model, slack)
    model.will_say("word " * 400, seconds_between=0.05)
    asked = conversation.ask("<@bot> And now at length?")
    slack.until(lambda: [a for a in conversation.answers() if a.streaming], 40)
    assert conversation.root
    slack.stop("ada", asked.channel, conversation.root.ts)
    slack.until(lambda: len(ended(conversation)) == 2, 40)
    model.will_say("The first answer.")
    slack.click("ada", apology, "try_again")
    slack.until(lambda: said(conversation.answers()[0]) == "The first answer.", 40)


def test_the_button_of_a_question_that_was_deleted_says_so_to_whoever_presses_it(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    apology = make_it_apologise(conversation, model, slack)
    assert conversation.root
    slack.delete(conversation.root)
    slack.click("chiyo", apology, "try_again")
    whispered = slack.until(lambda: whispers(slack, apology.channel, "U0CHIYO"), 40)
    assert "no longer there" in whispered[-1]
    assert not model.requests


def test_nothing_is_said_of_a_question_that_was_deleted_when_every_attempt_had_failed(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    asked = fail_thrice(conversation, model, slack)
    slack.delete(asked)
    conversation.root = None
    model.will_say("Here I am.")
    # Behind it nothing waits: the next question shows that the worker is through with it.
    slack.until(lambda: len(slack.calls("conversations.replies")) >= 3, 40)
    conversation.ask("<@bot> Anybody?")
    conversation.answer()
    assert not [m for m in slack.messages(asked.channel, asked.ts) if m.bot]


def test_a_stop_when_every_attempt_had_failed_leaves_one_short_line(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    stop_late(stack, slack, fail_thrice(conversation, model, slack))
    slack.until(conversation.answers, 40)
    assert [a.text for a in conversation.answers()] == ["Stopped."]


def test_an_apology_needs_no_look_at_the_thread(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_say("Here.")
    conversation.ask("<@bot> Are you there?")
    conversation.answer()
    slack.fault("api", "error", match="conversations.replies", error="fatal_error", times=None)
    conversation.ask("<@bot> And there?")
    apology = slack.until(lambda: apologies(conversation), 60)[0]
    assert not apology.streaming


def test_an_apology_that_slack_puts_off_for_an_hour_holds_up_no_other_question(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    fail_thrice(conversation, model, slack)
    limited = {"status": 429, "retry_after": 3600, "times": 4}
    slack.fault("api", "status", match="chat.postMessage", **limited)
    conversation.ask("<@bot> And there?")
    slack.until(lambda: dead_letter(stack, root_of(conversation)), 40)
    slack.clear_faults()
    model.forget()
    model.will_say("Here I am.")
    slack.until(lambda: conversation.answers() and said(conversation.answers()[-1]), 40)


def test_the_session_is_not_at_work_any_more_once_the_apology_is_said(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    slack.fault("api", "error", match="chat.startStream", error="fatal_error")
    slack.fault("api", "error", match="chat.postMessage", error="fatal_error")
    for _ in range(2):
        model.will_say("Nobody will read this.")
    model.will_stall()
    asked = conversation.ask("<@bot> Are you there?")
    slack.until(lambda: len(model.requests) == 3, 30)
    assert stack.emulator.kill(stack.outputs["WorkerFunction"])
    slack.until(lambda: apologies(conversation), 30)
    slack.until(lambda: slack.session(asked.channel, asked.ts)["status"] == "active", 10)


def test_a_redriven_message_takes_the_apology_back(
    conversation: Conversation, model: ModelServer, slack: Control, reached: LocalStack
) -> None:
    apology = make_it_apologise(conversation, model, slack)
    assert reached
    model.will_say("Better late than never.")
    reference = re.findall(r"`(\w{8})`", said(apology))[0]
    command = ["redrive", "local", "--message", reference, "--yes"]
    slack.until(lambda: main(command) == 0, 40)  # the apology is said before the letter is there
    slack.until(lambda: said(conversation.answers()[0]) == "Better late than never.", 40)
    assert len(conversation.answers()) == 1


def test_an_apology_outlasts_a_slack_that_fails_while_it_is_said(
    conversation: Conversation, slack: Control
) -> None:
    slack.fault("api", "lose_ack", match="chat.startStream")
    slack.fault("api", "status", match="chat.update", status=500, times=6)
    conversation.ask("<@bot> Are you there?")
    apology = slack.until(lambda: apologies(conversation), 60)[0]
    assert len(conversation.answers()) == 1
    assert not apology.streaming


def test_a_slack_that_asks_for_patience_gets_it_before_the_next_delivery(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    slack.fault("api", "status", match="conversations.replies", status=429, retry_after=3)
    model.will_say("One.")
    conversation.ask("<@bot> Who is first?")
    conversation.answer()
    model.will_say("Two.")
    conversation.ask("<@bot> Who is second?")
    slack.until(lambda: len(conversation.answers()) == 2, 40)
    limited, repeated = slack.calls("conversations.replies")[-2:]
    assert (limited.status, repeated.ok) == (429, True)
    assert repeated.started - limited.started >= 3


def make_it_apologise(conversation: Conversation, model: ModelServer, slack: Control) -> Message:
    """Have a question fail on every delivery, as a Slack that refuses to show anything does."""
    fail_thrice(conversation, model, slack)
    apology = slack.until(lambda: apologies(conversation), 60)[0]
    slack.clear_faults()
    model.forget()
    return apology


def fail_thrice(conversation: Conversation, model: ModelServer, slack: Control) -> Posted:
    """Ask, and wait until only the last delivery is left."""
    slack.fault("api", "error", match="chat.startStream", error="fatal_error", times=None)
    slack.fault("api", "error", match="chat.postMessage", error="fatal_error", times=2)
    for _ in range(3):
        model.will_say("Nobody will read this.")
    failed = len(slack.calls("chat.postMessage"))
    asked = conversation.ask("<@bot> Are you there?")
    slack.until(lambda: len(slack.calls("chat.postMessage")) == failed + 2, 60)
    return asked


def apologies(conversation: Conversation) -> list[Message]:
    return [a for a in conversation.answers() if said(a).startswith("Sorry")]


def root_of(conversation: Conversation) -> str:
    assert conversation.root
    return conversation.root.ts


def whispers(slack: Control, channel: str, person: str) -> list[str]:
    """What one person alone sees in a channel."""
    return [m.text for m in slack.messages(channel) if m.ephemeral_to == person]
