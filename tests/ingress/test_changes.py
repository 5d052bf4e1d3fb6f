"""Stops, edits and deletions: written to the table at once, past the queue."""

from typing import Any

import pytest

from tests.fakes.aws import FakeAws
from tests.ingress.conftest import Clock, Logs, Send
from tests.slack_requests import (
    BOT_USER,
    channel_message,
    deleted,
    direct_message,
    edited,
    event_request,
    stop,
)

_DAY = 86_400


def test_a_stop_is_noted_and_skips_the_queue(
    send: Send, aws: FakeAws, clock: Clock, logs: Logs
) -> None:
    assert send(event_request(stop(thread="1.1", at="1700000000.5"))).status == 200
    assert aws.items == {
        "stop#T1:C1:1.1": {
            "pk": {"S": "stop#T1:C1:1.1"},
            "at": {"N": "1700000000.5"},
            "ttl": {"N": str(int(clock.now) + _DAY)},
        }
    }
    assert aws.called("PutItem")[0].payload["TableName"] == "stackbot-test"
    assert [(line["event"], line["item"]) for line in logs()] == [("stopped", "stop#T1:C1:1.1")]
    assert aws.messages == []


def test_a_stop_without_a_thread_names_the_message_it_stopped(send: Send, aws: FakeAws) -> None:
    event = stop()
    del event["thread_ts"]
    send(event_request(event))
    assert list(aws.items) == ["stop#T1:C1:1.5"]


def test_a_stop_without_a_time_is_of_now(send: Send, aws: FakeAws, clock: Clock) -> None:
    event = stop()
    del event["event_ts"]
    send(event_request(event))
    assert float(aws.items["stop#T1:C1:1.1"]["at"]["N"]) == pytest.approx(clock.now)


def test_a_stop_of_nothing_is_malformed(send: Send, aws: FakeAws) -> None:
    event = stop(streaming_message_ts=[])
    del event["thread_ts"]
    assert send(event_request(event)).status == 400
    assert aws.items == {}


def test_a_late_delivery_does_not_replace_the_later_change(
    send: Send, aws: FakeAws, logs: Logs
) -> None:
    before = direct_message("One?", ts="1.1")
    send(event_request(edited(before, "Three?", at="3.3")))
    assert send(event_request(edited(before, "Two?", at="2.2"))).status == 200
    assert aws.items["change#T1:D1:1.1"]["text"] == {"S": "Three?"}
    assert [line["event"] for line in logs()] == ["changed", "changed"]


def test_an_edited_question_is_noted(send: Send, aws: FakeAws, clock: Clock) -> None:
    send(event_request(edited(direct_message("Is Friday off?", ts="1.1"), "Is Monday off?")))
    assert aws.items == {
        "change#T1:D1:1.1": {
            "pk": {"S": "change#T1:D1:1.1"},
            "at": {"N": "2.2"},
            "ttl": {"N": str(int(clock.now) + 15 * _DAY)},
            "deleted": {"BOOL": False},
            "text": {"S": "Is Monday off?"},
            "person": {"S": "T1:U1"},
        }
    }
    assert aws.messages == []


def test_a_deleted_question_is_noted(send: Send, aws: FakeAws) -> None:
    send(event_request(deleted(direct_message(ts="1.1"))))
    item = aws.items["change#T1:D1:1.1"]
    assert (item["deleted"], item["text"]) == ({"BOOL": True}, {"S": ""})


def test_a_tombstone_is_a_deletion(send: Send, aws: FakeAws) -> None:
    event = edited(direct_message(ts="1.1"), "This message was deleted.")
    event["message"] |= {"subtype": "tombstone", "user": "USLACKBOT"}
    send(event_request(event))
    assert aws.items["change#T1:D1:1.1"]["deleted"] == {"BOOL": True}


def test_a_deletion_that_shows_no_message_is_noted(send: Send, aws: FakeAws) -> None:
    event = deleted(direct_message(ts="1.1"))
    del event["previous_message"]
    send(event_request(event))
    assert list(aws.items) == ["change#T1:D1:1.1"]


def test_an_edit_that_does_not_show_the_old_text_is_noted(send: Send, aws: FakeAws) -> None:
    event = edited(direct_message(ts="1.1"), "Is Monday off?")
    del event["previous_message"]
    send(event_request(event))
    assert aws.items["change#T1:D1:1.1"]["text"] == {"S": "Is Monday off?"}


def test_a_mention_that_is_edited_away_is_noted(send: Send, aws: FakeAws) -> None:
    send(event_request(edited(channel_message(f"<@{BOT_USER}> off?", ts="1.1"), "Never mind.")))
    assert aws.items["change#T1:C1:1.1"]["text"] == {"S": "Never mind."}


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (edited(direct_message("See https://example.com"), "See https://example.com"), "same text"),
        (edited(channel_message("Lunch?"), "Dinner?"), "no mention"),
        (deleted(channel_message("Lunch?")), "no mention"),
        (edited(direct_message("Yes", user=BOT_USER), "Yes."), "by a bot"),
        (edited(direct_message("Yes", bot_id="B1"), "Yes."), "by a bot"),
        (deleted(direct_message("Yes", bot_id="B1")), "by a bot"),
    ],
)
def test_a_change_of_no_question_is_dropped(
    send: Send, aws: FakeAws, logs: Logs, event: dict[str, Any], why: str
) -> None:
    assert send(event_request(event)).status == 200
    assert [(line["event"], line["why"]) for line in logs()] == [("dropped", why)]
    assert aws.items == {}
    assert aws.messages == []


def test_a_note_that_cannot_be_written_has_slack_send_again(send: Send, aws: FakeAws) -> None:
    aws.fail("PutItem", 400, "AccessDeniedException")
    assert send(event_request(stop())).status == 500
