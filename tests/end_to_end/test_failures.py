"""What people see when something breaks on the way: still one whole answer, or one apology."""

from scripts.local.stack import LocalStack
from slack_simulator import Control
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, dead_letter, said


def test_a_worker_killed_in_the_middle_of_an_answer_is_followed_by_one_whole_answer(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    model.will_stall_after("Half of an answer that nobody will ever finish. " * 8)
    model.will_say("The whole answer.")
    conversation.ask("<@bot> Will you survive?")
    slack.until(conversation.answers, 40)
    assert stack.emulator.kill(stack.outputs["WorkerFunction"])
    slack.until(lambda: [a for a in conversation.answers() if "whole" in said(a)], 30)
    assert [said(answer) for answer in conversation.answers()] == ["The whole answer."]
    assert not conversation.answer().streaming


def test_a_worker_killed_before_it_could_note_its_message_leaves_no_orphan(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    slack.fault("api", "delay", match="chat.startStream", after=True, seconds=2)
    model.will_say("Never saved.")
    model.will_say("The whole answer.")
    conversation.ask("<@bot> Who owns the first message?")
    slack.until(conversation.answers, 40)
    assert stack.emulator.kill(stack.outputs["WorkerFunction"])
    slack.until(lambda: [a for a in conversation.answers() if "whole" in said(a)], 30)
    assert [said(answer) for answer in conversation.answers()] == ["The whole answer."]


def test_a_question_that_kills_every_worker_gets_one_apology_and_the_next_is_served(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    for _ in range(3):
        model.will_stall()
    conversation.ask("<@bot> What is your poison?")
    for asked in (1, 2, 3):
        slack.until(lambda: len(model.requests) == asked, 30)  # noqa: B023
        assert stack.emulator.kill(stack.outputs["WorkerFunction"])
    assert conversation.answers() == []
    model.will_say("Water.")
    conversation.ask("<@bot> And your water?")
    slack.until(lambda: len(conversation.answers()) == 2, 40)
    apology, answer = conversation.answers()
    assert said(apology).startswith("Sorry")
    assert said(answer) == "Water."
    assert slack.until(lambda: dead_letter(stack, "What is your poison?"), 40)
    items = stack.client("dynamodb").scan(TableName=stack.outputs["Table"])["Items"]
    assert [item for item in items if item.get("state") == {"S": "apologised"}]


def test_a_failing_slack_is_tried_again_and_leaves_one_answer(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    """bolt-python #630, #1007, #267: what fails in a lazy listener is lost. Here it is not."""
    slack.fault("api", "drop", match="chat.startStream", after=True)
    model.will_say("Lost on the way.")
    model.will_say("The whole answer.")
    conversation.ask("<@bot> Did you get that?")
    slack.until(lambda: [a for a in conversation.answers() if "whole" in said(a)], 40)
    assert [said(answer) for answer in conversation.answers()] == ["The whole answer."]


def test_where_streaming_is_refused_the_answer_comes_whole(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    slack.fault("api", "error", match="chat.startStream", error="channel_type_not_supported")
    model.will_say("In one piece.")
    conversation.ask("<@bot> May you stream?")
    assert said(conversation.answer()) == "In one piece."


def test_a_model_that_is_busy_is_asked_once_more(
    conversation: Conversation, model: ModelServer
) -> None:
    model.will_fail(429)
    model.will_say("Now I have time.")
    conversation.ask("<@bot> Are you busy?")
    assert said(conversation.answer()) == "Now I have time."


def test_a_model_that_breaks_off_is_replaced_by_a_whole_answer(
    conversation: Conversation, model: ModelServer
) -> None:
    model.will_break_after("This sentence will never be " * 12)
    model.will_say("Whole again.")
    conversation.ask("<@bot> Can you finish a sentence?")
    assert said(conversation.answer()) == "Whole again."
    assert len(conversation.answers()) == 1


def test_a_model_that_stays_down_is_replaced_by_the_documents(
    conversation: Conversation, model: ModelServer
) -> None:
    model.will_fail(500)
    model.will_fail(500)
    conversation.ask("<@bot> How do I deploy to staging?")
    answer = conversation.answer()
    assert "deploy staging" in said(answer)
    assert "[1] Deploying" in answer.text


def test_a_stop_ends_the_answer_and_not_the_next_one(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.hung_up.clear()
    model.will_say("word " * 400, seconds_between=0.05)
    asked = conversation.ask("<@bot> Tell me everything.")
    slack.until(lambda: [a for a in conversation.answers() if a.streaming], 40)
    slack.stop("ada", asked.channel, asked.ts)
    assert model.hung_up.wait(30)
    stopped = conversation.answer()
    model.will_say("Briefly.")
    conversation.ask("<@bot> And briefly?")
    slack.until(lambda: len(conversation.answers()) == 2, 40)
    assert said(conversation.answer()) == "Briefly."
    assert said(conversation.answers()[0]) == said(stopped)
