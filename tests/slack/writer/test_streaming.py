"""A first attempt streams: what Slack allows of it, and what it does not."""

from collections.abc import Callable, Iterator

from bot.answering.events import Quoted, Rewrite, Text
from slack_simulator import Call
from tests.slack.writer.conftest import Clock, Writing

Begin = Callable[[], Writing]


def words(count: int, of: str = "word") -> list[Text]:
    return [Text(f"{of}{number} ") for number in range(count)]


def calls(writing: Writing, method: str) -> list[Call]:
    """The calls about this answer."""
    timestamps = {writing.question.ts, *(message.ts for message in writing.messages)}
    return [
        call
        for call in writing.control.calls(method)
        if call.args.get("thread_ts") in timestamps or call.args.get("ts") in timestamps
    ]


def test_a_short_answer_takes_two_calls(writing: Begin) -> None:
    answer = writing()
    answer.clock.step = 0.01
    answer.write(words(20))
    assert len(calls(answer, "chat.startStream")) == 1
    assert calls(answer, "chat.appendStream") == []
    assert len(calls(answer, "chat.stopStream")) == 1
    assert answer.text.split() == [f"word{n}" for n in range(20)]


def test_an_answer_of_five_seconds_takes_few_appends(writing: Begin) -> None:
    # Slack takes about 100 a minute of a workspace, and about 20 streams.
    answer = writing()
    answer.clock.step = 0.0
    answer.write(spoken(answer.clock, 100, seconds=0.05))
    assert len(calls(answer, "chat.appendStream")) <= 5
    assert answer.text.split() == [f"word{n}" for n in range(100)]


def test_what_is_quoted_comes_in_one_message_without_a_stream(writing: Begin) -> None:
    answer = writing()
    answer.write([Quoted("No model is set up."), *words(20)])
    assert calls(answer, "chat.startStream") == []
    (message,) = answer.messages
    assert "No model is set up." in message.text


def test_past_the_streams_of_a_minute_answers_come_whole(writing: Begin) -> None:
    answer = writing()
    answer.may_stream = lambda: False
    answer.write(words(2000))
    assert calls(answer, "chat.startStream") == []
    assert answer.text.split() == [f"word{n}" for n in range(2000)]


def test_where_the_streams_run_out_in_the_middle_the_rest_comes_whole(writing: Begin) -> None:
    answer = writing()
    allowed = iter([True, False])
    answer.may_stream = lambda: next(allowed)
    answer.write(words(3000))
    assert len(calls(answer, "chat.startStream")) == 1
    assert answer.text.split() == [f"word{n}" for n in range(3000)]


def test_a_limited_append_waits_in_the_buffer_as_long_as_slack_asks(writing: Begin) -> None:
    answer = writing()
    answer.control.fault("api", "status", "chat.appendStream", status=429, retry_after=30)
    answer.write(words(300))
    limited, *later = calls(answer, "chat.appendStream")
    assert limited.status == 429
    assert all(call.ok for call in later)
    assert len(later) < 270, "30 of the clock's seconds passed without an append"
    assert answer.text.split() == [f"word{n}" for n in range(300)]
    assert answer.attempts == 1


def test_a_limited_stream_is_written_whole(writing: Begin) -> None:
    answer = writing()
    answer.control.fault("api", "status", "chat.startStream", status=429, retry_after=60)
    answer.write(words(300))
    assert (answer.attempts, len(answer.messages)) == (1, 1)
    assert answer.text.split() == [f"word{n}" for n in range(300)]


def test_a_stream_that_dies_of_old_age_loses_no_text(writing: Begin) -> None:
    """python-slack-sdk #1859, vercel/chat #607, #637: the stream dies and text is lost."""
    answer = writing()
    answer.clock.step = 0.1
    answer.control.fault("api", "end_stream", "chat.appendStream", skip=5)
    answer.write(words(200))
    assert (answer.attempts, len(answer.messages)) == (1, 2)
    assert answer.text.split() == [f"word{n}" for n in range(200)]


def test_a_stream_that_dies_inside_code_leaves_no_code_block_open(writing: Begin) -> None:
    answer = writing()
    answer.clock.step = 0.1
    answer.control.fault("api", "end_stream", "chat.appendStream", skip=5)
    code = [Text(f"print({number})\n") for number in range(200)]
    answer.write([Text("Run this:\n\n```python\n"), *code, Text("```\n")])
    assert len(answer.messages) == 2
    for message in answer.messages:
        assert message.text.count("```") == 2
    printed = [line for line in answer.text.splitlines() if line.startswith("print")]
    assert printed == [f"print({number})" for number in range(200)]


def test_a_stream_that_dies_at_its_end_is_not_answered_twice(writing: Begin) -> None:
    """hermes-agent #95430: a stream and a fallback post the answer twice."""
    answer = writing()
    answer.clock.step = 0.1
    answer.control.fault("api", "end_stream", "chat.stopStream")
    answer.write(words(200))
    assert (answer.attempts, len(answer.messages)) == (1, 1)
    assert answer.text.split() == [f"word{n}" for n in range(200)]


def test_an_old_stream_goes_on_in_a_further_message_at_the_next_line(writing: Begin) -> None:
    """tiger-agents PR #297: Slack ends a stream after about five minutes."""
    answer = writing()
    answer.write([Text(f"Line {number} of a slow story.\n") for number in range(300)])
    assert len(answer.messages) > 1
    assert all(message.stream == "stopped" for message in answer.messages)
    assert all(message.text.startswith("Line") for message in answer.messages)
    numbers = [line.split()[1] for line in answer.text.splitlines() if line]
    assert numbers == [str(number) for number in range(300)]


def test_an_old_stream_ends_in_the_middle_of_a_line_where_none_ends(writing: Begin) -> None:
    answer = writing()
    answer.write(words(700))
    assert len(answer.messages) > 1
    assert answer.text.split() == [f"word{n}" for n in range(700)]


def test_a_model_that_begins_anew_leaves_only_its_second_text(writing: Begin) -> None:
    answer = writing()
    answer.clock.step = 0.1
    answer.write([*words(2000, "old"), Rewrite("broken off"), *words(20, "new")])
    assert len(answer.messages) == 1
    assert answer.text.split() == [f"new{n}" for n in range(20)]


def spoken(clock: Clock, count: int, seconds: float) -> Iterator[Text]:
    """Words that come one by one, `seconds` of the clock apart."""
    for word in words(count):
        clock.now += seconds
        yield word
