"""Streams: how an answer grows, ends and dies."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.models.messages.chunk import (
    BlocksChunk,
    MarkdownTextChunk,
    PlanUpdateChunk,
    TaskUpdateChunk,
)
from slack_sdk.web.chat_stream import ChatStream

from conftest import error
from slack_simulator import Control, Message, Posted

READER: dict[str, Any] = {"recipient_team_id": "T0SAMPLE", "recipient_user_id": "U0ADA"}


def start(bot: WebClient, question: Posted, text: str | None = "Hello") -> str:
    where: dict[str, Any] = {"channel": question.channel, "thread_ts": question.ts}
    return str(bot.chat_startStream(**where, **READER, markdown_text=text)["ts"])


def last(slack: Control, question: Posted) -> Message:
    return slack.messages(question.channel, question.ts)[-1]


def test_a_stream_shows_text_tasks_and_sources(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    source = {"type": "url", "url": "https://example.com/handbook", "text": "Handbook"}
    stream = ChatStream(
        bot,
        logger=bot._logger,
        channel=question.channel,
        thread_ts=question.ts,
        buffer_size=1,
        **READER,
    )
    stream.append(
        chunks=[TaskUpdateChunk(id="1", title="Searching", status="in_progress", details="Fri")]
    )
    stream.append(
        chunks=[
            TaskUpdateChunk(
                id="1", title="Searched", status="complete", details="day", sources=[source]
            )
        ]
    )
    stream.append(markdown_text="Friday ")
    stream.append(chunks=[MarkdownTextChunk(text="is off.")])
    stream.append(chunks=[BlocksChunk(blocks=[{"type": "divider"}])])
    feedback = {"type": "context", "elements": [{"type": "mrkdwn", "text": "Was it right?"}]}
    stream.stop(blocks=[feedback])

    answer = slack.wait_for_answer(question.channel, question.ts)
    assert answer.text == "Friday is off.\nWas it right?"
    assert answer.fallback == "Friday is off."
    (task,) = answer.tasks
    assert (task["title"], task["status"], task["details"]) == ("Searched", "complete", "Friday")
    assert answer.sources == [source]
    assert [b["type"] for b in answer.blocks] == ["task_card", "markdown", "divider", "context"]


def test_a_plan_holds_its_tasks(slack: Control, bot: WebClient, question: Posted) -> None:
    stream = bot.chat_stream(
        channel=question.channel, thread_ts=question.ts, task_display_mode="plan", **READER
    )
    stream.append(chunks=[PlanUpdateChunk(title="Finding out")])
    stream.append(chunks=[TaskUpdateChunk(id="1", title="Reading", status="pending")])
    (plan,) = last(slack, question).blocks
    assert (plan["type"], plan["title"]) == ("plan", "Finding out")
    assert [task["title"] for task in plan["tasks"]] == ["Reading"]


def test_a_stream_in_a_channel_needs_a_recipient(bot: WebClient, question: Posted) -> None:
    where: dict[str, Any] = {"channel": question.channel, "thread_ts": question.ts}
    assert error(lambda: bot.chat_startStream(**where)) == "missing_recipient_team_id"
    team: dict[str, Any] = {"recipient_team_id": "T0SAMPLE"}
    assert error(lambda: bot.chat_startStream(**where, **team)) == "missing_recipient_user_id"
    nobody: dict[str, Any] = team | {"recipient_user_id": "U0NOBODY"}
    assert error(lambda: bot.chat_startStream(**where, **nobody)) == "user_not_found"


def test_a_stream_in_direct_messages_needs_none(slack: Control, bot: WebClient) -> None:
    question = slack.say("ada", "@bot", "hi")
    assert bot.chat_startStream(channel=question.channel, thread_ts=question.ts)["ok"]


def test_a_stream_needs_a_thread(bot: WebClient) -> None:
    call: dict[str, Any] = {"channel": "C0HELP", **READER}
    assert error(lambda: bot.api_call("chat.startStream", json=call)) == "invalid_arguments"
    refusal = error(lambda: bot.chat_startStream(channel="C0HELP", thread_ts="1.1", **READER))
    assert refusal == "thread_not_found"


def test_a_live_stream_cannot_be_updated_or_deleted(bot: WebClient, question: Posted) -> None:
    where: dict[str, Any] = {"channel": question.channel, "ts": start(bot, question)}
    assert error(lambda: bot.chat_update(**where, text="no")) == "streaming_state_conflict"
    assert error(lambda: bot.chat_delete(**where)) == "cant_delete_message"
    bot.chat_stopStream(**where)
    assert bot.chat_update(**where, text="yes")["ok"]


def test_nothing_is_written_after_the_stop(bot: WebClient, question: Posted) -> None:
    where: dict[str, Any] = {"channel": question.channel, "ts": start(bot, question)}
    bot.chat_stopStream(**where)
    late = error(lambda: bot.chat_appendStream(**where, markdown_text="more"))
    assert late == "message_not_in_streaming_state"
    assert error(lambda: bot.chat_stopStream(**where)) == "message_not_in_streaming_state"


def test_a_stream_dies_after_five_minutes(slack: Control, bot: WebClient, question: Posted) -> None:
    where: dict[str, Any] = {"channel": question.channel, "ts": start(bot, question)}
    assert last(slack, question).streaming
    slack.set_time_scale(1e9)
    late = error(lambda: bot.chat_appendStream(**where, markdown_text="more"))
    assert late == "message_not_in_streaming_state"
    assert error(lambda: bot.chat_stopStream(**where)) == "message_not_in_streaming_state"
    assert last(slack, question).stream == "expired"
    assert bot.chat_update(**where, text="Hello, all of it")["ok"]


def test_the_death_of_a_stream_is_told(slack: Control, bot: WebClient, question: Posted) -> None:
    slack.set_time_scale(3_000)
    began, last_news = time.monotonic(), slack.state()["last"]
    start(bot, question)
    states = slack.until(
        lambda: [
            item["message"]["stream"]
            for item in slack.news(last_news)
            if item["kind"] == "message" and item["action"] == "changed"
        ]
    )
    assert states == ["expired"]
    assert time.monotonic() - began >= 0.1


def test_a_stream_dies_of_its_size(slack: Control, bot: WebClient, question: Posted) -> None:
    where: dict[str, Any] = {"channel": question.channel, "ts": start(bot, question, "é" * 5_000)}
    assert bot.chat_appendStream(**where, markdown_text="é" * 300)["ok"]
    late = error(lambda: bot.chat_appendStream(**where, markdown_text="é"))
    assert late == "message_not_in_streaming_state"
    answer = last(slack, question)
    assert (answer.stream, answer.text) == ("expired", "é" * 5_300)


def test_where_its_bytes_do_not_count_its_characters_do(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    slack.set_limits(stream_bytes=False)
    where: dict[str, Any] = {"channel": question.channel, "ts": start(bot, question, "a" * 12_000)}
    assert error(lambda: bot.chat_appendStream(**where, markdown_text="b")) == "msg_too_long"
    assert bot.chat_stopStream(**where)["ok"]
    assert last(slack, question).text == "a" * 12_000


def test_one_append_holds_twelve_thousand_characters(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    slack.set_limits(stream_bytes=False, stream_text=False)
    where: dict[str, Any] = {"channel": question.channel, "ts": start(bot, question)}
    assert bot.chat_appendStream(**where, markdown_text="a" * 12_000)["ok"]
    long = error(lambda: bot.chat_appendStream(**where, markdown_text="a" * 12_001))
    assert long == "msg_too_long"


def test_a_person_stops_a_stream(slack: Control, bot: WebClient, question: Posted) -> None:
    where: dict[str, Any] = {"channel": question.channel, "ts": start(bot, question)}
    assert slack.stop("ada", question.channel, question.ts) == [where["ts"]]
    late = error(lambda: bot.chat_appendStream(**where, markdown_text="more"))
    assert late == "stopped_by_user"
    assert error(lambda: bot.chat_stopStream(**where)) == "stopped_by_user"
    assert last(slack, question).stream == "stopped_by_user"


@pytest.mark.parametrize(
    ("chunk", "word"),
    [
        ({"type": "song", "text": "la"}, "invalid_chunks"),
        ({"type": "markdown_text"}, "invalid_chunks"),
        ({"type": "task_update", "id": "1", "title": "x", "status": "odd"}, "invalid_chunks"),
        (
            {"type": "task_update", "id": "1", "title": "x" * 257, "status": "pending"},
            "invalid_chunks",
        ),
        (
            {
                "type": "task_update",
                "id": "1",
                "title": "x",
                "status": "pending",
                "details": {"type": "rich_text"},
            },
            "invalid_chunks",
        ),
        (
            {
                "type": "task_update",
                "id": "1",
                "title": "x",
                "status": "complete",
                "sources": [{"type": "url", "url": "https://example.com"}],
            },
            "invalid_chunks",
        ),
        ({"type": "plan_update", "title": "x" * 257}, "invalid_chunks"),
        ({"type": "blocks", "blocks": [{"type": "divider"}] * 51}, "msg_blocks_too_many"),
        ({"type": "blocks", "blocks": [{"type": "song"}]}, "invalid_blocks"),
    ],
)
def test_bad_chunks_are_refused(
    bot: WebClient, question: Posted, chunk: dict[str, Any], word: str
) -> None:
    where: dict[str, Any] = {"channel": question.channel, "ts": start(bot, question, None)}
    assert error(lambda: bot.chat_appendStream(**where, chunks=[chunk])) == word


TEXT: dict[str, Any] = {"markdown_text": "a"}
CHUNKS: dict[str, Any] = {"chunks": [{"type": "markdown_text", "text": "a"}]}


@pytest.mark.parametrize(("first", "second"), [(TEXT, CHUNKS), (CHUNKS, TEXT)])
def test_a_stream_takes_either_text_or_chunks(
    bot: WebClient, question: Posted, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """hermes-agent #87743: task cards never show."""
    where: dict[str, Any] = {"channel": question.channel, "ts": start(bot, question, None)}
    assert bot.chat_appendStream(**where, **first)["ok"]
    late = error(lambda: bot.chat_appendStream(**where, **second))
    assert late == "streaming_mode_mismatch"
    assert error(lambda: bot.chat_stopStream(**where, **second)) == "streaming_mode_mismatch"
    mixed = error(lambda: bot.chat_appendStream(**where, **first, **second))
    assert mixed == "cannot_provide_both_markdown_text_and_chunks"
    assert bot.chat_stopStream(**where, **first)["ok"]


def test_titles_and_details_count_for_the_size(bot: WebClient, question: Posted) -> None:
    where: dict[str, Any] = {"channel": question.channel, "ts": start(bot, question, None)}
    task = {"type": "task_update", "id": "1", "title": "t" * 100, "status": "complete"}
    bot.chat_appendStream(**where, chunks=[task | {"details": "d" * 250}])
    text = {"type": "markdown_text", "text": "a" * 10_000}
    assert bot.chat_appendStream(**where, chunks=[text])["ok"]
    late = error(lambda: bot.chat_appendStream(**where, chunks=[text | {"text": "a"}]))
    assert late == "message_not_in_streaming_state"


def test_tasks_are_shown_as_a_timeline_or_a_plan(bot: WebClient, question: Posted) -> None:
    where: dict[str, Any] = {"channel": question.channel, "thread_ts": question.ts, **READER}
    odd = error(lambda: bot.chat_startStream(**where, task_display_mode="song"))
    assert odd == "invalid_arguments"


def test_an_empty_append_says_so(bot: WebClient, question: Posted) -> None:
    where: dict[str, Any] = {"channel": question.channel, "ts": start(bot, question)}
    assert error(lambda: bot.chat_appendStream(**where)) == "no_text"


def test_only_a_stream_can_be_appended_to(bot: WebClient, question: Posted) -> None:
    posted = bot.chat_postMessage(channel="C0HELP", text="whole")["ts"]
    whole = error(lambda: bot.chat_appendStream(channel="C0HELP", ts=posted, markdown_text="x"))
    assert whole == "message_not_in_streaming_state"
    foreign = error(
        lambda: bot.chat_appendStream(channel="C0HELP", ts=question.ts, markdown_text="x")
    )
    assert foreign == "message_not_owned_by_app"
    missing = error(lambda: bot.chat_appendStream(channel="C0HELP", ts="1.1", markdown_text="x"))
    assert missing == "message_not_found"
