"""The session's status: a courtesy that costs no answer its time, and never stays behind."""

from typing import Any

from scripts.local.stack import LocalStack
from slack_simulator import Control
from slack_simulator.rules.faults import Fault, Place
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said


def test_a_limited_status_keeps_no_answer_waiting(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    match = "agents.sessions.setStatus"
    slack.fault("api", "status", match=match, status=429, retry_after=2)
    model.will_say("At once.")
    conversation.ask("<@bot> How soon?")
    assert said(conversation.answer()) == "At once."
    methods = [call.method for call in slack.calls()]
    first_text = len(methods) - methods[::-1].index("chat.startStream")
    limited = max(n for n, call in enumerate(slack.calls()) if call.status == 429)
    assert match not in methods[limited + 1 : first_text]


def test_a_limited_status_is_cleared_when_slack_takes_it_again(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    match = "agents.sessions.setStatus"
    slack.fault("api", "status", match=match, status=429, retry_after=1, skip=1)
    model.will_say("Done.")
    asked = conversation.ask("<@bot> Are you done?")
    slack.until(lambda: slack.session(asked.channel, asked.ts).get("status") == "active", 40)


def test_a_worker_killed_behind_its_answer_leaves_no_session_at_work(
    conversation: Conversation, model: ModelServer, slack: Control, stack: LocalStack
) -> None:
    killed: list[int] = []

    def kill_at_the_end(place: Place, name: str, details: dict[str, Any]) -> Fault | None:
        if killed or name != "agents.sessions.setStatus" or details.get("status") != "active":
            return None
        kill = lambda: killed.append(stack.emulator.kill(stack.outputs["WorkerFunction"]))  # noqa: E731
        return Fault(place, "drop", meanwhile=kill)

    stack.slack.be_judged(kill_at_the_end)
    model.will_say("All is said.")
    asked = conversation.ask("<@bot> Is all said?")
    slack.until(lambda: slack.session(asked.channel, asked.ts).get("status") == "active", 30)
    stack.slack.be_judged(None)
    assert killed
    assert [said(a) for a in conversation.answers()] == ["All is said."]
