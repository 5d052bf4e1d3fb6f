"""The model searches again before it answers, and people see it at work."""

import re

from slack_simulator import Control
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said


def test_an_answer_cites_what_only_the_second_search_found(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_call("search_documents", query="redrive dead-letter queue")
    model.will_say("Run `./stackbot redrive` [7].")
    asked = conversation.ask("<@bot> How do I rename the bot?")
    answer = conversation.answer()
    (task,) = answer.tasks
    assert (task["title"], task["status"]) == ("Searched the documents", "complete")
    assert task["details"] == "redrive dead-letter queue"
    assert said(answer).strip() == "Run `./stackbot redrive` [1]."
    first, second = ([m["content"] for m in r["messages"]] for r in model.requests)
    found = re.findall(r'<passage number="7" source="([^"]*)"', second[-1])
    assert found
    assert f"[1] {found[0]}" in answer.text
    assert not any(found[0] in text for text in first)
    (begun,) = (c for c in slack.calls("chat.startStream") if c.args["thread_ts"] == asked.ts)
    (shown,) = begun.args["chunks"]
    assert (shown["title"], shown["status"]) == ("Searching the documents", "in_progress")


def test_today_is_told_by_the_askers_clock(conversation: Conversation, model: ModelServer) -> None:
    model.will_call("count_days", add=1)
    model.will_say("It is tomorrow.")
    conversation.ask("<@bot> What day is tomorrow?")
    assert said(conversation.answer()).strip() == "It is tomorrow."
    assert re.match(r"<result>\nToday is \w+day, ", model.requests[1]["messages"][-1]["content"])
