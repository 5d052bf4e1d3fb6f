"""Faults on order, at the Web API and on the way to the app."""

import http.client
import time
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from conftest import TOKEN, error
from slack_simulator import Control, Refused, Simulator
from slack_simulator.recording_app import RecordingApp
from slack_simulator.rules.faults import Fault, Place

HANGS_UP = (http.client.RemoteDisconnected, ConnectionError, URLError)


def post(bot: WebClient, text: str = "hi") -> str:
    return str(bot.chat_postMessage(channel="C0HELP", text=text)["ts"])


def texts(slack: Control) -> list[str]:
    return [message.text for message in slack.messages("C0HELP")]


def test_a_rate_limit_on_order_tells_how_long_to_wait(slack: Control, bot: WebClient) -> None:
    slack.fault("api", "status", "chat.postMessage", status=429, retry_after=7)
    with pytest.raises(SlackApiError) as refusal:
        post(bot)
    assert refusal.value.response.status_code == 429
    assert refusal.value.response.headers["Retry-After"] == "7"
    assert post(bot), "a fault strikes once unless told otherwise"
    assert texts(slack) == ["hi"]


def test_a_server_error_before_or_after_the_effect(slack: Control, bot: WebClient) -> None:
    for after in (False, True):
        slack.fault("api", "status", "chat.postMessage", status=500, after=after)
        with pytest.raises(SlackApiError) as refusal:
            post(bot, f"after={after}")
        assert refusal.value.response.status_code == 500
    assert texts(slack) == ["after=True"]


def test_a_dropped_connection_has_no_effect(slack: Control, bot: WebClient) -> None:
    slack.fault("api", "drop", "chat.postMessage")
    with pytest.raises(HANGS_UP):
        post(bot)
    assert texts(slack) == []
    (call,) = slack.calls("chat.postMessage")
    assert (call.status, call.fault, call.ok) == (0, "drop", False)


def test_a_lost_answer_had_its_effect(slack: Control, bot: WebClient) -> None:
    slack.fault("api", "lose_ack", "chat.*")
    with pytest.raises(HANGS_UP):
        post(bot, "said anyway")
    assert texts(slack) == ["said anyway"]


def test_any_slack_error_can_be_ordered(slack: Control, bot: WebClient) -> None:
    slack.fault("api", "error", "chat.postMessage", error="channel_type_not_supported")
    assert error(lambda: post(bot)) == "channel_type_not_supported"


def test_a_call_can_be_slow(slack: Control, bot: WebClient) -> None:
    slack.fault("api", "delay", "chat.postMessage", seconds=0.05)
    began = time.monotonic()
    post(bot)
    assert time.monotonic() - began >= 0.05
    assert slack.calls("chat.postMessage")[0].duration >= 50


def test_a_fault_can_skip_and_repeat(slack: Control, bot: WebClient) -> None:
    slack.fault("api", "error", "chat.postMessage", skip=1, times=2)
    outcomes = [_ok(bot) for _ in range(4)]
    assert outcomes == [True, False, False, True]


def test_a_fault_of_chance_strikes_alike_with_the_same_seed(slack: Control, bot: WebClient) -> None:
    slack.set_limits(rates=False)
    runs = []
    for _ in range(2):
        slack.clear_faults()
        slack.fault("api", "error", "*", times=None, probability=0.5, seed=7)
        runs.append([_ok(bot) for _ in range(12)])
    assert runs[0] == runs[1]
    assert {True, False} == set(runs[0])


def _ok(bot: WebClient) -> bool:
    try:
        return bool(post(bot))
    except SlackApiError:
        return False


def test_a_duplicate_delivery_is_the_same_event_twice(slack: Control, app: RecordingApp) -> None:
    slack.fault("delivery", "duplicate", "app_mention")
    slack.say("ada", "#help", "<@bot> hi")
    slack.wait_until_idle()
    assert len(app.requests) == 2
    assert len({request.body["event_id"] for request in app.requests}) == 1
    assert all("x-slack-retry-num" not in request.headers for request in app.requests)


def test_a_lost_ack_brings_the_event_again(slack: Control, app: RecordingApp) -> None:
    slack.fault("delivery", "lose_ack", "app_mention")
    slack.say("ada", "#help", "<@bot> hi")
    slack.wait_until_idle()
    reasons = [request.headers.get("x-slack-retry-reason") for request in app.requests]
    assert reasons == [None, "http_timeout"]
    assert [d.ok for d in slack.deliveries()] == [False, True]


def test_a_dropped_delivery_never_arrives(slack: Control, app: RecordingApp) -> None:
    slack.fault("delivery", "drop", "app_mention")
    slack.say("ada", "#help", "<@bot> hi")
    slack.wait_until_idle()
    assert [request.headers.get("x-slack-retry-num") for request in app.requests] == ["1"]
    assert [d.error for d in slack.deliveries()] == ["connection_failed", None]


def test_a_gateway_can_fail_on_the_way(slack: Control, app: RecordingApp) -> None:
    slack.fault("delivery", "status", "app_mention", status=502)
    slack.say("ada", "#help", "<@bot> hi")
    slack.wait_until_idle()
    assert [d.status for d in slack.deliveries()] == [502, 200]
    assert len(app.requests) == 1


def test_a_delivery_can_be_late(slack: Control, app: RecordingApp) -> None:
    slack.fault("delivery", "delay", "app_mention", seconds=0.05)
    slack.say("ada", "#help", "<@bot> hi")
    slack.wait_until_idle()
    assert slack.deliveries()[0].duration >= 50
    assert len(app.requests) == 1


def test_an_order_that_makes_no_sense_is_refused(slack: Control) -> None:
    with pytest.raises(Refused, match="place is api or delivery"):
        slack.fault("moon", "drop")
    with pytest.raises(Refused, match="status, error, drop"):
        slack.fault("api", "explode")
    with pytest.raises(Refused, match="only deliveries"):
        slack.fault("api", "duplicate")
    with pytest.raises(Refused, match="colour"):
        slack.fault("api", "drop", colour="red")


def test_a_stream_can_be_ended_under_the_bot_s_hands(slack: Control, bot: WebClient) -> None:
    root = slack.say("ada", "#help", "<@bot> hi")
    stream = bot.chat_startStream(
        channel="C0HELP",
        thread_ts=root.ts,
        markdown_text="Half of",
        recipient_team_id="T0SAMPLE",
        recipient_user_id="U0ADA",
    )
    slack.fault("api", "end_stream", "chat.appendStream")
    append = lambda: bot.chat_appendStream(channel="C0HELP", ts=str(stream["ts"]))  # noqa: E731
    assert error(append) == "message_not_in_streaming_state"
    assert slack.messages("C0HELP")[-1].stream == "expired"


def test_a_judge_sees_each_call_and_may_break_something_outside_meanwhile() -> None:
    breakages: list[str] = []

    def judge(place: Place, name: str, details: dict[str, Any]) -> Fault | None:
        if details.get("text") != "break":
            return None
        return Fault("api", "drop", meanwhile=lambda: breakages.append(f"{place} {name}"))

    with Simulator(bot_token=TOKEN) as simulator:
        simulator.be_judged(judge)
        bot = WebClient(TOKEN, base_url=simulator.api_url)
        post(bot, "pass")
        with pytest.raises(HANGS_UP):
            post(bot, "break")
        assert breakages[0] == "api chat.postMessage"  # slack_sdk tries a lost connection again
        assert texts(simulator.control) == ["pass"]


def test_there_can_be_many_people() -> None:
    with Simulator(crowd=100) as simulator:
        posted = simulator.control.say("crowd100", "@bot", "hi")
        assert posted.channel == "D0CROWD100"
        assert simulator.control.say("crowd1", "#general", "hi").channel == "C0GENERAL"
