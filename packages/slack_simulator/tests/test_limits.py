"""Slack's limits: sizes, rates, and how to switch them."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from conftest import TOKEN, error
from slack_simulator import Control, Posted, Refused, Simulator
from test_messages import markdown, section


def button(value: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": "Yes"}
    return {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "a", "text": text, "value": value}],
    }


def feedback(value: str) -> dict[str, Any]:
    choice: dict[str, Any] = {"text": {"type": "plain_text", "text": "Good"}, "value": value}
    buttons: dict[str, Any] = {"type": "feedback_buttons", "action_id": "f"}
    buttons |= {"positive_button": choice, "negative_button": choice}
    return {"type": "context_actions", "elements": [buttons]}


def table(rows: int, columns: int) -> dict[str, Any]:
    row = [{"type": "raw_text", "text": "x"}] * columns
    return {"type": "table", "rows": [row] * rows}


DIVIDERS = [{"type": "divider"}] * 51
PICTURE = "![a](b)\n"


def text(size: int) -> dict[str, Any]:
    return {"text": "a" * size}


def markdown_text(size: int) -> dict[str, Any]:
    return {"markdown_text": "a" * size}


def blocks(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"blocks": list(blocks)}


def a_markdown(size: int) -> dict[str, Any]:
    return blocks(markdown("a" * 100), markdown("a" * (size - 100)))


def pictures(count: int) -> dict[str, Any]:
    return blocks(markdown(PICTURE * count))


SIZES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("message_text", text(13_200), text(13_201), "msg_too_long"),
    ("markdown_text", markdown_text(12_000), markdown_text(12_001), "msg_too_long"),
    ("markdown_text", a_markdown(12_000), a_markdown(12_001), "msg_blocks_too_long"),
    ("section_text", blocks(section("a" * 3_000)), blocks(section("a" * 3_001)), "invalid_blocks"),
    ("blocks", blocks(*DIVIDERS[1:]), blocks(*DIVIDERS), "invalid_blocks"),
    ("blocks", pictures(49), pictures(50), "msg_blocks_too_long"),
    ("value", blocks(button("v" * 2_000)), blocks(button("v" * 2_001)), "invalid_blocks"),
    ("value", blocks(feedback("v" * 2_000)), blocks(feedback("v" * 2_001)), "invalid_blocks"),
    ("table_rows", blocks(table(100, 1)), blocks(table(101, 1)), "invalid_blocks"),
    ("table_columns", blocks(table(1, 20)), blocks(table(1, 21)), "invalid_blocks"),
]


@pytest.mark.parametrize(("limit", "fits", "too_much", "word"), SIZES)
def test_a_message_fits_or_is_refused(
    slack: Control,
    bot: WebClient,
    limit: str,
    fits: dict[str, Any],
    too_much: dict[str, Any],
    word: str,
) -> None:
    def post(content: dict[str, Any]) -> object:
        return bot.api_call("chat.postMessage", json={"channel": "C0HELP"} | content)

    assert post(fits)
    assert error(lambda: post(too_much)) == word
    slack.set_limits(**{limit: False})
    assert post(too_much)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "song"},
        {"type": "section"},
        {"type": "header", "text": {"type": "plain_text", "text": "a" * 151}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}] * 11},
        {"type": "actions", "elements": []},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "a"}] * 11},
        {"type": "section", "text": "not an object"},
        {"type": "markdown", "text": 7},
    ],
)
def test_blocks_that_slack_would_not_show_are_invalid(
    bot: WebClient, block: dict[str, Any]
) -> None:
    refused = error(lambda: bot.chat_postMessage(channel="C0HELP", text="x", blocks=[block]))
    assert refused == "invalid_blocks"


@pytest.mark.parametrize(
    "arguments",
    [
        {"blocks": [{"type": "table", "rows": 7}]},
        {"blocks": [{"type": "actions", "elements": 7}]},
        {"blocks": {"type": "divider"}},
        {"blocks": "{"},
        {"attachments": 7},
        {"metadata": "{"},
    ],
)
def test_malformed_arguments_are_refused_not_choked_on(
    slack: Control, bot: WebClient, arguments: dict[str, Any]
) -> None:
    call = {"channel": "C0HELP", "text": "x"} | arguments
    assert error(lambda: bot.api_call("chat.postMessage", json=call)).startswith("invalid_")
    assert slack.messages("C0HELP") == []


def test_an_update_holds_four_thousand_characters(bot: WebClient) -> None:
    where: dict[str, Any] = {
        "channel": "C0HELP",
        "ts": bot.chat_postMessage(channel="C0HELP", text="x")["ts"],
    }
    assert bot.chat_update(**where, text="a" * 4_000)["ok"]
    assert error(lambda: bot.chat_update(**where, text="a" * 4_001)) == "msg_too_long"
    assert bot.chat_update(**where, text="short", blocks=[markdown("a" * 12_000)])["ok"]


def test_a_tier_two_method_allows_twenty_calls_a_minute(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    def start() -> object:
        return bot.chat_startStream(
            channel=question.channel,
            thread_ts=question.ts,
            recipient_team_id="T0SAMPLE",
            recipient_user_id="U0ADA",
        )

    for _ in range(20):
        start()
    with pytest.raises(SlackApiError) as refusal:
        start()
    assert refusal.value.response.status_code == 429
    assert refusal.value.response["error"] == "ratelimited"
    assert 55 <= int(refusal.value.response.headers["Retry-After"]) <= 60
    assert bot.users_info(user="U0ADA")["ok"], "each method has a window of its own"
    slack.set_limits(rates=False)
    assert start()


def test_a_minute_passes_faster_where_time_is_scaled(slack: Control, bot: WebClient) -> None:
    for _ in range(20):
        bot.users_list()
    assert error(bot.users_list) == "ratelimited"
    slack.set_time_scale(3_000)
    slack.until(lambda: bot.users_list()["ok"] if _pause(0.03) else None)


def _pause(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def test_messages_are_counted_in_each_channel(bot: WebClient) -> None:
    for _ in range(5):
        bot.chat_postMessage(channel="C0HELP", text="x")
    assert error(lambda: bot.chat_postMessage(channel="C0HELP", text="x")) == "ratelimited"
    assert bot.chat_postMessage(channel="C0GENERAL", text="x")["ok"]


def test_a_limit_can_be_any_number(slack: Control, bot: WebClient) -> None:
    slack.set_limits(message_text=3)
    assert error(lambda: bot.chat_postMessage(channel="C0HELP", text="four")) == "msg_too_long"


def test_an_unknown_limit_is_refused_with_the_names_there_are(slack: Control) -> None:
    with pytest.raises(Refused, match=r"no limit is called 'size'; there are rates, update_text"):
        slack.set_limits(size=1)
    with pytest.raises(Refused, match="has to be a number"):
        slack.set_limits(blocks="many")  # type: ignore[arg-type]
    with pytest.raises(Refused, match="must be above 0"):
        slack.set_time_scale(0)


def test_a_simulator_can_start_without_limits() -> None:
    with Simulator(limits=False) as free:
        bot = WebClient(TOKEN, base_url=free.api_url)
        for _ in range(7):
            bot.chat_postMessage(channel="C0HELP", text="a" * 20_000)
    with Simulator(limits={"message_text": 5}) as strict:
        bot = WebClient(TOKEN, base_url=strict.api_url)
        assert (
            error(lambda: bot.chat_postMessage(channel="C0HELP", text="sixsix")) == "msg_too_long"
        )
