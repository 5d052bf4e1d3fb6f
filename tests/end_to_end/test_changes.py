"""People change their mind: they stop an answer, edit the question, or delete it."""

import time

from slack_sdk import WebClient

from scripts.local.stack import LocalStack
from slack_simulator import Control, Message, Posted
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said, wait_until_accepted

STOPPED = "Stopped."


def test_a_stop_before_the_answer_leaves_one_short_line_and_asks_no_model(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_say("word " * 400, seconds_between=0.05)
    first = conversation.ask("<@bot> Tell me everything.")
    wait_until_accepted(slack, first)
    conversation.ask("<@bot> And this one waits behind it.")
    slack.until(lambda: [a for a in conversation.answers() if a.streaming], 40)
    slack.stop("ada", first.channel, first.ts)
    slack.until(lambda: len(ended(conversation)) == 2, 40)
    assert conversation.answers()[1].text == STOPPED
    assert len(model.requests) == 1


def test_a_stop_hangs_up_on_the_model_and_keeps_what_was_written_marked_as_stopped(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    """hermes-agent #90978: the stop button does nothing while tokens burn."""
    model.will_say("word " * 400, seconds_between=0.05)
    asked = conversation.ask("<@bot> Tell me everything.")
    slack.until(lambda: [a for a in conversation.answers() if a.streaming], 40)
    slack.stop("ada", asked.channel, asked.ts)
    assert model.hung_up.wait(30)
    (answer,) = slack.until(lambda: [a for a in conversation.answers() if note(a)], 40)
    assert said(answer).startswith("word")
    assert note(answer) == STOPPED


def test_a_stop_ends_an_answer_that_streams_nothing_yet(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_stall()
    asked = conversation.ask("<@bot> Are you thinking?")
    slack.until(lambda: model.requests, 40)
    slack.stop("ada", asked.channel, asked.ts)
    assert model.hung_up.wait(30)
    assert conversation.answer().text == STOPPED


def test_a_stop_after_the_answer_changes_nothing(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    model.will_say("All of it.")
    asked = conversation.ask("<@bot> Is that all?")
    answer = conversation.answer()
    stop_late(stack, slack, asked)
    model.will_say("Still here.")
    conversation.ask("<@bot> Still there?")
    slack.until(lambda: len(ended(conversation)) == 2, 40)
    assert [said(a) for a in conversation.answers()] == ["All of it.", "Still here."]
    assert conversation.answers()[0].blocks == answer.blocks


def test_a_question_after_the_stop_is_answered(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_say("word " * 400, seconds_between=0.05)
    asked = conversation.ask("<@bot> Tell me everything.")
    slack.until(lambda: [a for a in conversation.answers() if a.streaming], 40)
    slack.stop("ada", asked.channel, asked.ts)
    slack.until(lambda: ended(conversation), 40)
    model.will_say("Briefly.")
    conversation.ask("<@bot> And briefly?")
    slack.until(lambda: len(ended(conversation)) == 2, 40)
    assert said(conversation.answers()[1]) == "Briefly."


def test_a_stopped_answer_is_not_replayed_when_its_worker_dies(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    model.will_say("word " * 400, seconds_between=0.05)
    asked = conversation.ask("<@bot> Tell me everything.")
    slack.until(lambda: [a for a in conversation.answers() if a.streaming], 40)
    assert stack.emulator.kill(stack.outputs["WorkerFunction"])
    slack.stop("ada", asked.channel, asked.ts)
    (answer,) = slack.until(lambda: [a for a in conversation.answers() if note(a)], 30)
    assert said(answer).startswith("word")
    assert note(answer) == STOPPED
    assert len(model.requests) == 1


def test_an_answer_follows_the_edit_of_its_question(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_say("About Monday. " * 200, seconds_between=0.05)
    model.will_say("Friday is a holiday.")
    asked = conversation.ask("<@bot> Is Monday off?")
    slack.until(conversation.answers, 40)
    slack.edit(asked, "<@bot> Is Friday off?")
    slack.until(lambda: "Friday" in said(conversation.answers()[0]), 40)
    assert [said(a) for a in slack.until(lambda: ended(conversation), 40)] == [
        "Friday is a holiday."
    ]
    assert "Is Friday off?" in str(model.requests[-1]["messages"][-1])


def test_an_edit_that_comes_before_the_answer_is_what_is_answered(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_say("word " * 60, seconds_between=0.05)
    wait_until_accepted(slack, conversation.ask("<@bot> Keep yourself busy."))
    waiting = conversation.ask("<@bot> Is Monday off?")
    slack.edit(waiting, "<@bot> Is Friday off?")
    model.will_say("Friday is a holiday.")
    slack.until(lambda: len(ended(conversation)) == 2, 40)
    assert said(conversation.answers()[1]) == "Friday is a holiday."
    assert "Monday" not in str(model.requests[-1]["messages"][-1])


def test_a_deleted_question_takes_its_answer_along(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.hung_up.clear()
    model.will_say("word " * 400, seconds_between=0.05)
    asked = conversation.ask("<@bot> Forget that I asked.")
    slack.until(conversation.answers, 40)
    slack.delete(asked)
    assert model.hung_up.wait(30)
    slack.until(lambda: not conversation.answers(), 40)


def test_what_waits_behind_a_deleted_question_is_answered_as_if_it_had_not_been_asked(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_say("word " * 400, seconds_between=0.05)
    asked = conversation.ask("<@bot> Forget that I asked.")
    slack.until(conversation.answers, 40)
    conversation.ask("<@bot> But tell me this?")
    model.will_say("This, then.")
    slack.delete(asked)
    slack.until(lambda: [said(a) for a in ended(conversation)] == ["This, then."], 40)
    assert "deleted" not in str(model.requests[-1]["messages"][1:])


def test_an_answer_that_somebody_deletes_half_way_is_written_again_whole(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    model.will_stall_after("Half of an answer. " * 20)
    model.will_say("The whole answer.")
    conversation.ask("<@bot> Who tidies up here?")
    half = slack.until(conversation.answers, 40)[0]
    assert stack.emulator.kill(stack.outputs["WorkerFunction"])
    bot = WebClient(stack.slack.credentials["bot_token"], stack.slack.api_url)
    bot.chat_stopStream(channel=half.channel, ts=half.ts)
    bot.chat_delete(channel=half.channel, ts=half.ts)
    slack.until(lambda: [a for a in ended(conversation) if "whole" in said(a)], 30)
    assert [said(a) for a in conversation.answers()] == ["The whole answer."]


def ended(conversation: Conversation) -> list[Message]:
    """The answers that no longer stream, once the bot is not at work any more."""
    answers = conversation.answers()
    return [] if any(answer.streaming for answer in answers) else answers


def note(answer: Message) -> str:
    """What stands below an answer."""
    lines = [block for block in answer.blocks if block["type"] == "context"]
    return str(lines[-1]["elements"][0]["text"]) if lines else ""


def stop_late(stack: LocalStack, slack: Control, asked: Posted) -> None:
    """Write what the ingress writes of a stop whose answer has ended meanwhile."""
    team = slack.deliveries("app_mention")[-1].body["team_id"]
    key = f"stop#{team}:{asked.channel}:{asked.ts}"
    item = {"pk": {"S": key}, "at": {"N": f"{time.time():.6f}"}}
    stack.client("dynamodb").put_item(TableName=stack.outputs["Table"], Item=item)
