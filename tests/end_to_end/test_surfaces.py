"""The surfaces beside mentions and direct messages, as a person uses them in Slack."""

from typing import Any

from scripts.scripted_model import ModelServer
from scripts.simulator import Control
from tests.end_to_end.conftest import Conversation, said


def test_the_agents_pane_suggests_questions_that_the_documents_answer(
    conversation: Conversation, slack: Control, model: ModelServer
) -> None:
    slack.reset()
    channel = slack.open("ada", "messages")
    prompts = slack.until(lambda: _prompts(slack, channel), 20)
    assert [prompt["title"] for prompt in prompts][:2] == ["Changing the bot", "Deploying"]
    assert len(prompts) == 4
    model.will_say("Yes [1].")
    conversation.ask(prompts[1]["message"], channel="@bot")
    assert "Sources: [1] Deploying" in conversation.answer().text


def test_the_suggestions_follow_what_the_person_looks_at(slack: Control) -> None:
    slack.reset()
    channel = slack.open("ada", "messages")
    slack.look_at("ada", "#help")  # its topic: deploying and costs
    prompts = slack.until(lambda: "costs" in str(_prompts(slack, channel)).lower(), 20)
    assert slack.state()["prompts"][0]["title"] == "Questions that fit #help"
    slack.look_at("ada", "")
    slack.until(lambda: slack.state()["prompts"][0]["title"] == "Questions to begin with", 20)
    assert prompts


def test_home_tells_what_the_bot_knows_and_how_fresh_that_is(slack: Control) -> None:
    slack.reset()
    slack.open("chiyo")
    home = _text(slack.until(lambda: slack.home("chiyo"), 20))
    assert "Deploying" in home
    assert "9 documents, last updated <!date^" in home
    assert "How to ask well" in home
    assert "mention <@U0STACKBOT>" in home


def test_home_is_published_again_only_when_it_has_changed(slack: Control) -> None:
    slack.reset()
    slack.open("chiyo")
    slack.until(lambda: slack.home("chiyo"), 20)
    slack.open("chiyo")
    slack.open("chiyo", "messages")
    slack.until(lambda: _prompts(slack, "D0CHIYO"), 20)
    assert len(slack.calls("views.publish")) == 1


def test_each_direct_message_has_a_thread_of_its_own(slack: Control, model: ModelServer) -> None:
    """Under `agent_view` they have no `thread_ts`: vercel/chat #268, #503."""
    model.will_say("At nine.")
    model.will_say("At five.")
    first = slack.say("ada", "@bot", "When do we open?")
    second = slack.say("ada", "@bot", "When do we close?")
    answers = [slack.wait_for_answer(one.channel, one.ts, 20) for one in (first, second)]
    assert sorted(said(answer) for answer in answers) == ["At five.", "At nine."]
    assert [answer.thread_ts for answer in answers] == [first.ts, second.ts]


def _prompts(slack: Control, channel: str) -> list[dict[str, str]]:
    found = (p["prompts"] for p in slack.state()["prompts"] if p["channel"] == channel)
    return next(found, [])


def _text(view: dict[str, Any]) -> str:
    """Every text of a view's blocks, a line each."""
    return "\n".join(_texts(view["blocks"]))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for child in value.values() for text in _texts(child)]
    return [text for child in value for text in _texts(child)] if isinstance(value, list) else []
