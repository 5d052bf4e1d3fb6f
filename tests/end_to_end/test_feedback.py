"""What people think of answers is kept with all that it takes to understand it."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.runtime.aws import Client
from bot.runtime.signing import Credentials
from bot.state import feedback
from bot.state.feedback import Feedback
from bot.state.table import Table
from scripts.local.emulator import REGION
from scripts.local.stack import LocalStack
from slack_simulator import Control, Message
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation

GOOD, BAD = "Good answer", "Bad answer"


class Kept:
    """What the table holds, read as `./stackbot feedback` reads it."""

    def __init__(self, stack: LocalStack) -> None:
        credentials = Credentials(stack.emulator.account, "not-a-secret", stack.emulator.token)
        self.aws = Client(REGION, credentials, stack.emulator.url)
        self.table = Table(self.aws, stack.outputs["Table"])

    def feedback(self, answer: Message) -> list[Feedback]:
        return [f for f in feedback.every(self.table) if f.question_id.endswith(_asked(answer))]


@pytest.fixture
def kept(stack: LocalStack) -> Iterator[Kept]:
    kept = Kept(stack)
    yield kept
    kept.aws.close()


@pytest.fixture
def answer(conversation: Conversation, model: ModelServer) -> Message:
    model.will_say("Run the deploy command [1].")
    conversation.ask("<@bot> How do I deploy to staging?")
    return conversation.answer()


def test_a_thumbs_up_is_kept_with_question_answer_sources_model_cost_and_trace(
    answer: Message, slack: Control, kept: Kept
) -> None:
    slack.click("chiyo", answer, "rate", GOOD)
    (rating,) = slack.until(lambda: kept.feedback(answer))
    assert (rating.verdict, rating.person, rating.wish) == ("up", "T0SAMPLE:U0CHIYO", "")
    assert rating.question == "How do I deploy to staging?"
    assert rating.answer == "Run the deploy command [1]."
    assert rating.sources[0].file == "deploying.md"
    assert "stackbot deploy" in str(rating.sources)
    assert (rating.model, rating.input_tokens) == ("scripted", 100)
    assert rating.cost > 0
    assert len(rating.trace_id) == 32
    assert not slack.views("chiyo")


def test_a_thumbs_down_is_kept_before_its_modal_asks_what_would_be_better(
    answer: Message, slack: Control, kept: Kept
) -> None:
    slack.click("ada", answer, "rate", BAD)
    (view,) = slack.until(lambda: slack.views("ada"))
    assert [rating.verdict for rating in kept.feedback(answer)] == ["down"]
    slack.submit("ada", view["id"], _wish("Name the account, too."))
    slack.until(
        lambda: [rating.wish for rating in kept.feedback(answer)] == ["Name the account, too."]
    )
    assert not slack.views("ada")


def test_a_second_click_takes_the_place_of_the_first(
    answer: Message, slack: Control, kept: Kept
) -> None:
    slack.click("ada", answer, "rate", BAD)
    (view,) = slack.until(lambda: slack.views("ada"))
    slack.submit("ada", view["id"], _wish("Shorter."))
    slack.until(lambda: [r for r in kept.feedback(answer) if r.wish])
    slack.click("ada", answer, "rate", GOOD)
    (rating,) = slack.until(lambda: [r for r in kept.feedback(answer) if r.verdict == "up"])
    assert rating.wish == ""
    assert len(kept.feedback(answer)) == 1


def test_two_people_may_think_differently_of_one_answer(
    answer: Message, slack: Control, kept: Kept
) -> None:
    slack.click("ada", answer, "rate", GOOD)
    slack.until(lambda: kept.feedback(answer))
    slack.click("chiyo", answer, "rate", BAD)
    (view,) = slack.until(lambda: slack.views("chiyo"))
    assert {rating.verdict for rating in kept.feedback(answer)} == {"up", "down"}
    slack.close("chiyo", view["id"])


def test_where_the_trigger_has_expired_a_button_opens_the_modal(
    answer: Message, slack: Control, kept: Kept
) -> None:
    """A trigger lives 3 s, a cold start or a busy thread takes longer: bolt-python #864."""
    slack.fault("delivery", "delay", match="block_actions", seconds=3.2)
    slack.click("ada", answer, "rate", BAD)
    offer = slack.until(lambda: _ephemeral(slack, answer))
    assert [rating.verdict for rating in kept.feedback(answer)] == ["down"]
    slack.click("ada", offer, "open_wish")
    (view,) = slack.until(lambda: slack.views("ada"))
    slack.submit("ada", view["id"], _wish("Faster."))
    slack.until(lambda: [r for r in kept.feedback(answer) if r.wish == "Faster."])


def test_the_sources_are_shown_with_what_stands_there(answer: Message, slack: Control) -> None:
    slack.click("chiyo", answer, "show_sources")
    (view,) = slack.until(lambda: slack.views("chiyo"))
    shown = str(view["blocks"])
    assert "Deploying" in shown
    assert "deploying.md" in shown
    assert "stackbot deploy" in shown
    slack.close("chiyo", view["id"])


def test_the_sources_can_be_opened_although_the_trigger_has_expired(
    answer: Message, slack: Control
) -> None:
    """A trigger lives 3 s, a cold start or a busy thread takes longer: bolt-python #864."""
    slack.fault("delivery", "delay", match="block_actions", seconds=3.2)
    slack.click("ada", answer, "show_sources")
    offer = slack.until(lambda: _ephemeral(slack, answer))
    slack.click("ada", offer, "open_sources")
    (view,) = slack.until(lambda: slack.views("ada"))
    slack.close("ada", view["id"])


def test_an_answer_without_sources_has_none_to_show(
    conversation: Conversation, model: ModelServer
) -> None:
    model.will_say("Hello.")
    conversation.ask("<@bot> Hello?")
    actions = _action_ids(conversation.answer())
    assert "rate" in actions
    assert "show_sources" not in actions


def test_a_stopped_answer_asks_for_no_rating(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_stall_after("The beginning of a long answer. " * 20)
    asked = conversation.ask("<@bot> Tell me all.")
    slack.until(conversation.answers, 40)
    slack.stop("ada", asked.channel, asked.ts)
    assert _action_ids(conversation.answer()) == []


def _asked(answer: Message) -> str:
    return f"{answer.channel}:{answer.thread_ts}"


def _wish(text: str) -> dict[str, Any]:
    return {"wish": {"text": {"type": "plain_text_input", "value": text}}}


def _ephemeral(slack: Control, answer: Message) -> Message | None:
    thread = slack.messages(answer.channel, answer.thread_ts)
    return next((message for message in thread if message.ephemeral_to), None)


def _action_ids(message: Message) -> list[str]:
    elements = [e for block in message.blocks for e in block.get("elements", ())]
    return [element["action_id"] for element in elements if "action_id" in element]
