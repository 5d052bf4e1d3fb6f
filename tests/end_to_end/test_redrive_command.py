"""`./stackbot redrive`: looking into the dead-letter queue, and putting back what is in it.

The letters here are put there by hand: tests/end_to_end/test_giving_up.py has a real one.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.slack.ui import blocks
from scripts.__main__ import main
from scripts.local.stack import LocalStack
from scripts.operate import log_lines
from scripts.operate.dead_letters import DeadLetters
from slack_simulator import Control, Posted
from tests.end_to_end.conftest import Conversation, settle

Json = dict[str, Any]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def letters(reached: LocalStack) -> Iterator[DeadLetters]:
    """The dead-letter queue, empty before and after."""
    urls = reached.outputs["DeadLetterQueueUrl"], reached.outputs["QueueUrl"]
    queue = DeadLetters(reached.client("sqs"), *urls)
    queue.sqs.purge_queue(QueueUrl=queue.url)
    yield queue
    queue.sqs.purge_queue(QueueUrl=queue.url)


def test_a_look_tells_all_but_what_people_wrote(letters: DeadLetters, capsys: Capture) -> None:
    question = bury(letters, unanswered("1700000001.000100"), "Who pays for lunch?")
    (letter,) = looked(capsys)
    assert letter["question"] == question
    assert letter["group"] == question
    assert letter["surface"] == "mention"
    assert letter["reference"] == blocks.reference(question)
    assert (letter["state"], letter["attempts"]) == (None, None)
    assert 0 <= letter["age"] < 60
    assert "text" not in letter
    assert looked(capsys, "--show-texts")[0]["text"] == "Who pays for lunch?"
    assert main(["redrive", "local"]) == 0
    assert "lunch" not in capsys.readouterr().out


def test_a_look_hides_nothing_from_others(letters: DeadLetters) -> None:
    bury(letters, unanswered("1700000002.000100"))
    assert main(["redrive", "local"]) == 0
    received = letters.sqs.receive_message(QueueUrl=letters.url, VisibilityTimeout=0)
    assert len(received["Messages"]) == 1


def test_what_nobody_can_read_is_shown_too(letters: DeadLetters, capsys: Capture) -> None:
    letters.sqs.send_message(
        QueueUrl=letters.url,
        MessageBody="no message",
        MessageGroupId="T0SAMPLE:U0ADA",
        MessageDeduplicationId="unreadable",
    )
    assert main(["redrive", "local"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Thread T0SAMPLE:U0ADA"
    assert lines[1].split("  ")[-1].startswith("unreadable, ")


def test_of_one_thread_ten_are_seen_and_the_others_counted(
    letters: DeadLetters, capsys: Capture
) -> None:
    root = unanswered("1700000003.000100")
    for number in range(12):
        bury(letters, Posted(root.channel, f"1700000003.0001{number:02}"), thread=root)
    bury(letters, unanswered("1700000004.000100"))
    capsys.readouterr()
    assert main(["redrive", "local", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (len(told["dead_letters"]), told["behind"]) == (11, 2)


@pytest.mark.usefixtures("model")  # forgets what other tests had it say
def test_all_are_put_back_in_the_order_of_their_thread(
    letters: DeadLetters,
    reached: LocalStack,
    conversation: Conversation,
    slack: Control,
    capsys: Capture,
) -> None:
    root = silently_ask(slack, conversation, reached, "<@bot> Where am I?")
    numbers = range(11)
    asked = [root, *(slack.say("ada", root.channel, f"And {n}?", thread=root.ts) for n in numbers)]
    questions = [bury(letters, posted, thread=root) for posted in asked]
    capsys.readouterr()
    assert main(["redrive", "local", "--all", "--yes", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["put_back"]) == len(asked)
    slack.until(lambda: len(conversation.answers()) == len(asked), 60)
    settle(reached, slack)
    lines = log_lines.lines(reached.client("logs"), reached.outputs["WorkerFunction"])
    done = [line["question"] for line in lines if line["event"] == "done"]
    assert [question for question in done if question in questions] == questions
    assert looked(capsys) == []


@pytest.mark.usefixtures("model")  # forgets what other tests had it say
def test_one_put_back_twice_is_answered_once(
    letters: DeadLetters,
    reached: LocalStack,
    conversation: Conversation,
    slack: Control,
    capsys: Capture,
) -> None:
    posted = silently_ask(slack, conversation, reached, "<@bot> Is it me?")
    for _ in range(2):
        bury(letters, posted, "Is it me?")
    first, second = looked(capsys)
    for letter in (first, second):
        assert main(["redrive", "local", "--message", letter["id"], "--yes"]) == 0
    conversation.answer()
    settle(reached, slack)
    assert len(conversation.answers()) == 1
    assert looked(capsys) == []


def test_nothing_is_put_back_unasked(
    letters: DeadLetters, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    bury(letters, unanswered("1700000005.000100"))
    monkeypatch.setattr("builtins.input", lambda *_: "no")
    assert main(["redrive", "local", "--all"]) == 1
    assert "Nothing was done" in capsys.readouterr().err
    assert len(looked(capsys)) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--message", "0123abcd", "--yes"], "There is no dead letter 0123abcd"),
        (["--message", "0123abcd", "--all"], "choose one of them"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    letters: DeadLetters, arguments: list[str], sentence: str, capsys: Capture
) -> None:
    assert letters
    assert main(["redrive", "local", *arguments]) == 1
    assert sentence in capsys.readouterr().err


def silently_ask(
    slack: Control, conversation: Conversation, stack: LocalStack, text: str
) -> Posted:
    """A question that Slack shows and the bot has never heard of."""
    slack.set_request_url(None)
    posted = conversation.ask(text)
    slack.set_request_url(stack.request_url, verify=False)
    return posted


def unanswered(ts: str) -> Posted:
    return Posted("C0GENERAL", ts)


def bury(
    letters: DeadLetters, posted: Posted, text: str = "Why?", thread: Posted | None = None
) -> str:
    """Put a mention into the dead-letter queue, and return the question's identity."""
    place = f"T0SAMPLE:{posted.channel}"
    event = {"type": "app_mention", "user": "U0ADA", "text": text, "channel": posted.channel}
    event |= {"ts": posted.ts} | ({"thread_ts": thread.ts} if thread else {})
    authorizations = [{"team_id": "T0SAMPLE", "user_id": "U0SAMPLE", "is_bot": True}]
    body = {"type": "event_callback", "team_id": "T0SAMPLE", "authorizations": authorizations}
    message = {
        "v": 1,
        "kind": "event",
        "question": f"{place}:{posted.ts}",
        "body": {**body, "event": event},
        "headers": {"content-type": "application/json"},
        "received": time.time(),
    }
    letters.sqs.send_message(
        QueueUrl=letters.url,
        MessageBody=json.dumps(message),
        MessageGroupId=f"{place}:{(thread or posted).ts}",
        MessageDeduplicationId=f"{posted.ts}-{time.monotonic_ns()}",
    )
    return f"{place}:{posted.ts}"


def looked(capsys: Capture, *arguments: str) -> list[Json]:
    """The dead letters as JSON."""
    capsys.readouterr()
    assert main(["redrive", "local", "--json", *arguments]) == 0
    found: list[Json] = json.loads(capsys.readouterr().out)["dead_letters"]
    return found
