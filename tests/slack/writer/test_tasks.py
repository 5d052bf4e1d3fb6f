"""Tools at work show as task cards, and none is left spinning."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from bot.answering.events import AnswerEvent, Rewrite, Task, Text, Waiting
from bot.state.changes import Stopped
from slack_simulator import Message
from tests.slack.writer.conftest import Writing

Begin = Callable[[], Writing]

RUNNING = Task("1", "Searching the documents", "holidays <!channel>")
DONE = Task("1", "Searched the documents", "holidays <!channel>", "done")
FAILED = Task("1", "Searching the documents did not work", "holidays <!channel>", "failed")
YES = Text("Friday is off.")


def cards(messages: Sequence[Message]) -> list[tuple[str, str, str]]:
    return [
        (task["title"], task["status"], task.get("details", ""))
        for message in messages
        for task in message.tasks
    ]


def kinds(message: Message) -> list[str]:
    blocks: list[dict[str, Any]] = message.blocks
    return [block["type"] for block in blocks]


def test_a_card_shows_a_tool_at_work_and_then_its_end(writing: Begin) -> None:
    answer = writing()

    def events() -> Iterator[AnswerEvent]:
        yield RUNNING
        assert cards(answer.messages) == [
            ("Searching the documents", "in_progress", "holidays &lt;!channel>")
        ]
        yield DONE
        yield YES

    answer.write(events())
    (message,) = answer.messages
    assert cards([message]) == [("Searched the documents", "complete", "holidays &lt;!channel>")]
    assert kinds(message)[:2] == ["task_card", "markdown"]
    assert message.pings == []


def test_that_a_tool_has_ended_is_shown_while_the_model_thinks(writing: Begin) -> None:
    answer = writing()

    def events() -> Iterator[AnswerEvent]:
        yield from (RUNNING, DONE, Waiting())
        assert cards(answer.messages)[0][1] == "complete"
        yield YES

    answer.write(events())
    assert answer.text == "Friday is off."


def test_a_failure_shows_as_one(writing: Begin) -> None:
    answer = writing()
    answer.write([RUNNING, FAILED, YES])
    assert cards(answer.messages)[0][:2] == ("Searching the documents did not work", "error")


def test_text_before_a_tool_stays_above_its_card(writing: Begin) -> None:
    answer = writing()
    answer.clock.step = 0.01
    answer.write([Text("Let me "), Text("see.\n\n"), RUNNING, DONE, YES])
    (message,) = answer.messages
    assert kinds(message)[:3] == ["markdown", "task_card", "markdown"]
    assert answer.text == "Let me see.\n\n\nFriday is off."


def test_where_nothing_streams_there_are_no_cards(writing: Begin) -> None:
    answer = writing()
    answer.may_stream = lambda: False
    answer.write([Text("Let me see.\n\n"), RUNNING, DONE, YES])
    assert answer.text == "Let me see.\n\nFriday is off."
    assert cards(answer.messages) == []


def test_an_answer_that_begins_anew_leaves_no_card(writing: Begin) -> None:
    answer = writing()
    answer.write([RUNNING, Rewrite("500"), YES])
    (message,) = answer.messages
    assert (answer.text, cards([message]), message.streaming) == ("Friday is off.", [], False)


def test_a_redelivery_leaves_no_card(writing: Begin) -> None:
    answer = writing()

    def killed() -> Iterator[AnswerEvent]:
        yield RUNNING
        raise OSError

    answer.write(killed(), [RUNNING, DONE, YES])
    (message,) = answer.messages
    assert (answer.attempts, answer.text, cards([message])) == (2, "Friday is off.", [])


def test_a_stopped_answer_leaves_no_card_spinning(writing: Begin) -> None:
    answer = writing()

    def stopped() -> Iterator[AnswerEvent]:
        yield from (Task("0", "Looked at the calendar", "", "running"), RUNNING)
        yield Task("0", "Looked at the calendar", "", "done")
        answer.control.stop("ada", answer.question.channel, answer.question.ts)
        yield Waiting()

    with pytest.raises(Stopped):
        answer.attempt(stopped())
    answer.reply.mark_stopped()
    (message,) = answer.messages
    assert "Stopped." in message.text
    assert "in_progress" not in [status for _, status, _ in cards([message])]


@pytest.mark.parametrize(
    ("method", "step"),
    [("chat.startStream", 1), ("chat.appendStream", 1), ("chat.stopStream", 0.1)],
)
def test_a_card_that_slack_refuses_costs_no_answer(
    writing: Begin, method: str, step: float
) -> None:
    """KiroCrew #9260: a refused progress card splits the reply."""
    answer = writing()
    answer.clock.step = step
    answer.control.fault("api", "error", method, error="invalid_chunks")
    answer.write([RUNNING, DONE, YES])
    assert answer.text == "Friday is off."
    assert (answer.attempts, len(answer.messages)) == (1, 1)


def test_a_limited_card_comes_with_what_follows(writing: Begin) -> None:
    answer = writing()
    answer.control.fault("api", "status", "chat.appendStream", status=429, retry_after=1)
    answer.write([Text("Let me see.\n\n"), RUNNING, DONE, YES])
    assert cards(answer.messages) == [
        ("Searched the documents", "complete", "holidays &lt;!channel>")
    ]
    assert (answer.attempts, len(answer.messages)) == (1, 1)


def test_a_stream_that_dies_under_a_tool_leaves_no_card_spinning(writing: Begin) -> None:
    """hermes-agent #113524, vercel/chat #911."""
    answer = writing()
    answer.control.fault("api", "end_stream", "chat.appendStream", skip=1)
    answer.write([Text("Let me see.\n\n"), RUNNING, DONE, YES])
    assert answer.text.split() == ["Let", "me", "see.", "Friday", "is", "off."]
    assert cards(answer.messages) == []


def test_a_message_that_ends_under_a_tool_leaves_no_card_spinning(writing: Begin) -> None:
    answer = writing()
    answer.clock.step = 0.01

    def events() -> Iterator[AnswerEvent]:
        yield from (Text("Let me see.\n\n"), RUNNING)
        answer.clock.now += 250
        yield Task("2", "Looking at the calendar")
        yield from (DONE, Task("2", "Looked at the calendar", state="done"), YES)

    answer.write(events())
    assert [card[:2] for card in cards(answer.messages)] == [
        ("Searching the documents", "complete"),
        ("Looked at the calendar", "complete"),
        ("Searched the documents", "complete"),
    ]


def test_an_old_stream_gives_its_cards_a_message_of_their_own(writing: Begin) -> None:
    answer = writing()
    answer.clock.step = 0.01

    def events() -> Iterator[AnswerEvent]:
        yield Text("Let me see.\n\n")
        answer.clock.now += 250
        yield from (RUNNING, DONE, YES)

    answer.write(events())
    first, second = answer.messages
    assert (first.stream, kinds(first)) == ("stopped", ["markdown"])
    assert kinds(second)[:2] == ["task_card", "markdown"]


def test_many_cards_and_a_long_answer_fit_their_messages(writing: Begin) -> None:
    answer = writing()
    answer.clock.step = 0.01
    tasks = [Task(str(n), "Searching the documents", "ü" * 80, state="running") for n in range(9)]
    done = [Task(task.id, "Searched the documents", task.subject, "done") for task in tasks]
    answer.write([*tasks, *done, *(Text(f"word{n} ") for n in range(2_000))])
    assert answer.attempts == 1
    assert all(message.stream == "stopped" for message in answer.messages)
    assert answer.text.split() == [f"word{n}" for n in range(2_000)]
    assert [status for _, status, _ in cards(answer.messages)] == ["complete"] * 9
