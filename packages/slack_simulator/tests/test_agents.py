"""The agent's session: status, title, prompts, the stop button."""

from typing import Any

import pytest
from slack_sdk import WebClient

from conftest import TOKEN, error
from slack_simulator import Control, Posted, Refused, Simulator
from slack_simulator.apps.manifest import SAMPLE
from slack_simulator.recording_app import RecordingApp


def test_a_status_stays_until_it_is_changed(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    where: dict[str, Any] = {"channel_id": question.channel, "thread_ts": question.ts}
    response = bot.agents_sessions_setStatus(
        **where, status="processing", title="Holidays", initiator_user_id="U0ADA"
    )
    assert response["agent_status"] == "processing"
    bot.chat_postMessage(channel=question.channel, thread_ts=question.ts, text="Yes.")
    session = slack.session(question.channel, question.ts)
    assert (session["status"], session["title"]) == ("processing", "Holidays")
    bot.agents_sessions_setStatus(**where, status="active", title="ignored by now")
    session = slack.session(question.channel, question.ts)
    assert (session["status"], session["title"]) == ("active", "Holidays")


def test_processing_ends_after_an_hour(slack: Control, bot: WebClient, question: Posted) -> None:
    slack.set_time_scale(72_000)
    bot.agents_sessions_setStatus(
        channel_id=question.channel, thread_ts=question.ts, status="processing"
    )
    bot.chat_postMessage(channel=question.channel, thread_ts=question.ts, text="Yes.")
    assert slack.wait_for_answer(question.channel, question.ts).text == "Yes."


def test_an_answer_is_not_finished_while_the_status_says_processing(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    bot.agents_sessions_setStatus(
        channel_id=question.channel, thread_ts=question.ts, status="processing"
    )
    bot.chat_postMessage(channel=question.channel, thread_ts=question.ts, text="Yes.")
    with pytest.raises(TimeoutError, match="status 'processing'"):
        slack.wait_for_answer(question.channel, question.ts, timeout=0.05)


def test_a_status_is_one_of_four(bot: WebClient, question: Posted) -> None:
    where: dict[str, Any] = {"channel_id": question.channel, "thread_ts": question.ts}
    assert error(lambda: bot.agents_sessions_setStatus(**where, status="busy")) == "invalid_status"
    call: dict[str, Any] = {"channel_id": question.channel, "status": "active"}
    assert error(lambda: bot.agents_sessions_setStatus(**call)) == "thread_ts_required"
    no_thread: dict[str, Any] = call | {"thread_ts": "1.1"}
    assert error(lambda: bot.agents_sessions_setStatus(**no_thread)) == "thread_not_found"


def test_a_title_holds_two_hundred_characters(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    where: dict[str, Any] = {"channel_id": question.channel, "thread_ts": question.ts}
    assert error(lambda: bot.agents_sessions_rename(**where, title="x")) == "session_not_found"
    bot.agents_sessions_setStatus(**where, status="active")
    bot.agents_sessions_rename(**where, title="x" * 200)
    assert slack.session(question.channel, question.ts)["title"] == "x" * 200
    for rename in (bot.agents_sessions_rename, bot.assistant_threads_setTitle):
        assert error(lambda call=rename: call(**where, title="x" * 201)) == "invalid_arguments"  # type: ignore[misc]
    bot.assistant_threads_setTitle(**where, title="legacy")
    assert slack.session(question.channel, question.ts)["title"] == "legacy"


def test_the_legacy_status_goes_with_the_answer_or_after_two_minutes(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    where: dict[str, Any] = {"channel_id": question.channel, "thread_ts": question.ts}
    bot.assistant_threads_setStatus(**where, status="is thinking")
    assert slack.session(question.channel, question.ts)["line"] == "is thinking"
    bot.chat_postMessage(channel=question.channel, thread_ts=question.ts, text="Yes.")
    assert slack.session(question.channel, question.ts)["line"] == ""
    bot.assistant_threads_setStatus(**where, status="is writing")
    stream = bot.chat_stream(
        channel=question.channel,
        thread_ts=question.ts,
        recipient_team_id="T0SAMPLE",
        recipient_user_id="U0ADA",
    )
    stream.stop(markdown_text="Yes, indeed.")
    assert slack.session(question.channel, question.ts)["line"] == ""
    slack.set_time_scale(2_400)
    bot.assistant_threads_setStatus(**where, status="is thinking again")
    assert slack.wait_for_answer(question.channel, question.ts).text == "Yes, indeed."
    stray: dict[str, Any] = where | {"thread_ts": "1.1"}
    assert (
        error(lambda: bot.assistant_threads_setStatus(**stray, status="x")) == "invalid_thread_ts"
    )


def test_an_agent_suggests_at_most_four_prompts(slack: Control, bot: WebClient) -> None:
    channel = slack.open("ada", "messages")
    prompts = [{"title": f"Ask {n}", "message": f"Question {n}?"} for n in range(5)]
    many = error(
        lambda: bot.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=prompts)
    )
    assert many == "invalid_arguments"
    bot.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=prompts[:4], title="Try")
    (suggestions,) = slack.state()["prompts"]
    assert (suggestions["title"], suggestions["prompts"]) == ("Try", prompts[:4])
    incomplete = [{"title": "without a message"}]
    refused = error(
        lambda: bot.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=incomplete)
    )
    assert refused == "invalid_arguments"


def test_the_stop_button_tells_the_app(
    slack: Control, bot: WebClient, app: RecordingApp, question: Posted
) -> None:
    bot.agents_sessions_setStatus(
        channel_id=question.channel, thread_ts=question.ts, status="processing"
    )
    assert slack.stop("ada", question.channel, question.ts) == []
    event = slack.until(lambda: [e for e in app.events() if e["type"] == "agent_session_stopped"])
    assert event[0]["streaming_message_ts"] == []
    assert (event[0]["channel"], event[0]["thread_ts"]) == (question.channel, question.ts)
    assert slack.session(question.channel, question.ts)["status"] == "processing"


def test_there_is_no_stop_button_when_nothing_is_at_work(slack: Control, question: Posted) -> None:
    with pytest.raises(Refused, match="not at work"):
        slack.stop("ada", question.channel, question.ts)


def test_without_the_subscription_there_is_a_warning_and_no_stop_button() -> None:
    manifest = SAMPLE | {"settings": {"event_subscriptions": {"bot_events": ["app_mention"]}}}
    with Simulator(manifest=manifest) as simulator:
        slack, bot = simulator.control, WebClient(TOKEN, base_url=simulator.api_url)
        question = slack.say("ada", "#help", "hi")
        response = bot.agents_sessions_setStatus(
            channel_id=question.channel, thread_ts=question.ts, status="processing"
        )
        assert response["response_metadata"]["warnings"] == [
            "missing_agent_session_stopped_event_subscription"
        ]
        with pytest.raises(Refused, match="does not subscribe"):
            slack.stop("ada", question.channel, question.ts)


def test_an_app_without_an_agent_view_has_no_prompts_and_no_context() -> None:
    features = {name: value for name, value in SAMPLE["features"].items() if name != "agent_view"}
    with Simulator(manifest=SAMPLE | {"features": features}) as simulator:
        bot = WebClient(TOKEN, base_url=simulator.api_url)
        channel = simulator.control.open("ada", "messages")
        refused = error(
            lambda: bot.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=[])
        )
        assert refused == "not_agent_app"
        with pytest.raises(Refused, match="no agent_view"):
            simulator.control.look_at("ada", "#help")


def test_opening_the_agent_and_looking_elsewhere_are_told(
    slack: Control, app: RecordingApp
) -> None:
    slack.look_at("ada", "#general")
    slack.open("ada", "messages")
    changed, opened = sorted(slack.until(lambda: len(app.events()) == 2 and app.events()), key=str)
    if changed["type"] != "app_context_changed":
        changed, opened = opened, changed
    entity = {"type": "slack#/types/channel_id", "value": "C0GENERAL", "team_id": "T0SAMPLE"}
    assert changed["context"] == {"entities": [entity]}
    assert (opened["type"], opened["tab"], opened["user"]) == (
        "app_home_opened",
        "messages",
        "U0ADA",
    )
    assert opened["channel"] == "D0ADA"
    assert opened["context"] == {"entities": [entity]}
