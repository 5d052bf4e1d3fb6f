"""`./stackbot logs`: the newest lines of both functions, and the story of one question."""

import json
from typing import Any

import pytest

from scripts.__main__ import main
from scripts.local.stack import LocalStack
from scripts.operate.log_lines import Logs
from slack_simulator import Control, Message, Posted
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, settle

Json = dict[str, Any]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def answered(
    reached: LocalStack, conversation: Conversation, slack: Control, model: ModelServer
) -> tuple[Posted, Message]:
    """A question and its answer."""
    model.will_say("Run the deploy command.")
    posted = conversation.ask("<@bot> How do I deploy to the moon?")
    answer = conversation.answer(40)
    settle(reached, slack)
    return posted, answer


def test_the_story_of_a_question_is_told_across_both_functions(
    reached: LocalStack,
    conversation: Conversation,
    slack: Control,
    model: ModelServer,
    capsys: Capture,
) -> None:
    slack.fault("api", "error", match="chat.startStream", error="fatal_error")
    model.will_say("Nobody will read this.")
    model.will_say("Run the deploy command.")
    posted = conversation.ask("<@bot> How do I deploy to the moon?")
    answer = conversation.answer(40)
    settle(reached, slack)
    story = ended_story(slack, capsys, link(posted.channel, posted.ts, posted.ts))
    steps = [(step["function"], step["event"]) for step in story["steps"]]
    assert steps[0] == ("ingress", "accepted")
    assert [event for _, event in steps if event in ("delivered", "failed", "done")] == [
        *("delivered", "failed"),
        *("delivered", "done"),
    ]
    times = [step["after"] for step in story["steps"]]
    assert times[0] == 0
    assert times == sorted(times)
    assert story["builds"] == {"ingress": [reached.build], "worker": [reached.build]}
    assert (story["ending"], story["deliveries"]) == ("done", 2)
    assert story["after"] > 5  # the pause after a failure
    shown = [step["ts"] for step in story["steps"] if step["event"] == "posted"]
    assert shown == [answer.ts]
    assert [step["status"] for step in story["steps"] if step["event"] == "status"] == [
        *("processing", "active"),
        *("processing", "active"),
    ]
    assert "moon" not in str(story)
    assert "deploy command" not in str(story)


def test_a_question_is_found_by_its_place_its_answer_and_its_reference(
    answered: tuple[Posted, Message], capsys: Capture
) -> None:
    posted, answer = answered
    story = told(capsys, f"{posted.channel}:{posted.ts}")
    assert told(capsys, link(answer.channel, answer.ts, posted.ts)) == story
    assert told(capsys, story["question"]) == story
    assert told(capsys, story["reference"]) == story


def test_a_story_reads_from_top_to_bottom(
    answered: tuple[Posted, Message], capsys: Capture
) -> None:
    posted, _ = answered
    assert main(["logs", "local", "--thread", f"{posted.channel}:{posted.ts}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"Question T0SAMPLE:{posted.channel}:{posted.ts} (reference ")
    assert lines[3].split()[:4] == ["+0.000", "s", "ingress", "accepted"]
    assert lines[-1].startswith("Ended as done after ")
    assert lines[-1].endswith("; delivered once.")


def test_the_story_of_a_command_begins_with_the_command(
    reached: LocalStack, slack: Control, model: ModelServer, capsys: Capture
) -> None:
    model.will_say("Like this.")
    there = {message.ts for message in slack.messages("#general")}
    slack.command("ada", "#general", "/ask", "How do I deploy?")

    def new() -> Message | None:
        found = slack.messages("#general")
        return next((m for m in found if m.bot and m.ts not in there and not m.ephemeral_to), None)

    posted = slack.until(new, 20)
    slack.wait_for_answer(posted.channel, posted.ts, 20)
    settle(reached, slack)
    story = ended_story(slack, capsys, f"{posted.channel}:{posted.ts}")
    first, *_ = story["steps"]
    assert (first["event"], first["kind"]) == ("accepted", "command")
    assert "enqueued" in [step["event"] for step in story["steps"]]
    assert (story["ending"], story["deliveries"]) == ("done", 2)


def test_the_newest_lines_of_both_functions_are_shown(
    answered: tuple[Posted, Message], capsys: Capture
) -> None:
    capsys.readouterr()
    assert main(["logs", "local"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert 10 < len(lines) <= 100
    assert {line.split()[2] for line in lines} == {"ingress", "worker"}
    assert main(["logs", "local", "--since", "30m", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["lines"]
    assert main(["logs", "local", "--since", "30m", "--json-lines"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines][: len(told)] == told
    assert [line["timestamp"] for line in told] == sorted(line["timestamp"] for line in told)
    question = f"T0SAMPLE:{answered[0].channel}:{answered[0].ts}"
    assert [line["event"] for line in told if line.get("question") == question][-1] == "done"


def test_what_comes_is_followed(
    reached: LocalStack, conversation: Conversation, model: ModelServer
) -> None:
    model.will_say("Here.")
    posted = conversation.ask("<@bot> Are you there?")
    logs = Logs(reached.client("logs"), reached.functions)
    seen: list[tuple[str, str]] = []
    for line in logs.follow(float(posted.ts) - 60):
        if str(line.get("question")).endswith(posted.ts):
            seen.append((line["function"], line["event"]))
        if seen and seen[-1] == ("worker", "done"):
            break
    assert len(seen) == len(set(seen))
    assert ("ingress", "accepted") in seen


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--thread", "yesterday's"], "--thread takes a message's link"),
        (["--thread", "C0GENERAL:1.2"], "nothing of C0GENERAL:1.2"),
        (["--thread", "0123abcd"], "look further back"),
        (["--thread", "0123abcd", "--follow"], "choose one of them"),
        (["--follow", "--json"], "take --json-lines"),
        (["--since", "yesterday"], "--since takes a date"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    reached: LocalStack, arguments: list[str], said: str, capsys: Capture
) -> None:
    assert reached
    assert main(["logs", "local", *arguments]) == 1
    assert said in capsys.readouterr().err


def ended_story(slack: Control, capsys: Capture, question: str) -> Json:
    """The story once it has its end: a log's lines come a moment after what they tell of."""

    def ended() -> Json | None:
        story = told(capsys, question)
        return story if story["ending"] else None

    return slack.until(ended, 10)


def told(capsys: Capture, question: str) -> Json:
    """The story as JSON."""
    capsys.readouterr()
    assert main(["logs", "local", "--thread", question, "--json"]) == 0
    story: Json = json.loads(capsys.readouterr().out)
    return story


def link(channel: str, ts: str, thread: str) -> str:
    """As Slack copies it."""
    where = f"https://acme.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return f"{where}?thread_ts={thread}&cid={channel}"
