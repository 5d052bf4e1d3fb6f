"""What becomes of an event: queued once, under the right identity, or dropped."""

from typing import Any

import pytest

from tests.fakes.aws import FakeAws
from tests.ingress.conftest import QUEUE_URL, Clock, Logs, Send, message_in
from tests.slack_requests import (
    BOT_USER,
    JSON,
    channel_message,
    direct_message,
    event_callback,
    event_request,
    home_opened,
    mention,
    signed,
)


def test_a_mention_is_queued_as_the_worker_wants_it(send: Send, aws: FakeAws, clock: Clock) -> None:
    response = send(event_request(mention("Is Friday off?", ts="1.1")))
    assert (response.status, response.body) == (200, "")
    body = event_callback(mention("Is Friday off?", ts="1.1"))
    del body["token"]
    assert message_in(aws) == {
        "v": 1,
        "kind": "event",
        "question": "T1:C1:1.1",
        "body": body,
        "headers": {"content-type": "application/json"},
        "received": clock.now,
        "request_id": "request-1",
    }
    assert set(aws.messages[0]) == {
        "QueueUrl",
        "MessageBody",
        "MessageGroupId",
        "MessageDeduplicationId",
    }
    assert aws.messages[0]["QueueUrl"] == QUEUE_URL
    assert aws.messages[0]["MessageGroupId"] == "T1:C1:1.1"


def test_a_thread_keeps_its_order(send: Send, aws: FakeAws) -> None:
    send(event_request(mention(ts="1.1")))
    send(event_request(mention(ts="2.2", thread_ts="1.1")))
    send(event_request(mention(ts="3.3")))
    groups = [message["MessageGroupId"] for message in aws.messages]
    assert groups == ["T1:C1:1.1", "T1:C1:1.1", "T1:C1:3.3"]
    assert message_in(aws, 1)["question"] == "T1:C1:2.2"


def test_a_retry_of_slack_is_accepted_and_vanishes(send: Send, aws: FakeAws, logs: Logs) -> None:
    """agno PR #10073: who drops every retry loses what the first delivery did not bring."""
    again = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}
    send(event_request(mention()))
    assert send(event_request(mention(), headers=again)).status == 200
    first, second = logs()
    assert first["message_id"] == second["message_id"]
    assert (second["retry"], second["retry_reason"]) == ("1", "http_timeout")
    assert "retry" not in first
    assert len(aws.messages) == 1


def test_two_events_that_tell_of_one_message_are_one_question(send: Send, aws: FakeAws) -> None:
    send(event_request(direct_message(), envelope={"event_id": "Ev1"}))
    send(event_request(direct_message(), envelope={"event_id": "Ev2"}))
    assert len(aws.messages) == 1


def test_a_question_may_say_ssl_check(send: Send, aws: FakeAws) -> None:
    send(event_request(direct_message("a&ssl_check=1&b")))
    assert message_in(aws)["question"] == "T1:D1:1.1"


def test_a_direct_message_is_queued(send: Send, aws: FakeAws) -> None:
    send(event_request(direct_message(ts="1.1")))
    send(event_request(direct_message(ts="2.2", thread_ts="1.1")))
    assert [message_in(aws, index)["question"] for index in (0, 1)] == ["T1:D1:1.1", "T1:D1:2.2"]
    assert [message["MessageGroupId"] for message in aws.messages] == ["T1:D1:1.1"] * 2


def test_the_mention_in_a_channel_is_answered_once(send: Send, aws: FakeAws, logs: Logs) -> None:
    send(event_request(channel_message(f"<@{BOT_USER}> Is Friday off?")))
    send(event_request(mention("Is Friday off?")))
    assert [line.get("why") for line in logs()] == ["app_mention answers it", None]
    assert len(aws.messages) == 1


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_files_and_broadcasts_are_questions_too(send: Send, aws: FakeAws, subtype: str) -> None:
    send(event_request(direct_message(subtype=subtype)))
    assert message_in(aws)["question"] == "T1:D1:1.1"


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (channel_message("Lunch?"), "no mention"),
        (channel_message("Lunch?", channel_type="group"), "no mention"),
        (channel_message(f"<@{BOT_USER}|stackbot> hi"), "app_mention answers it"),
        (direct_message(bot_id="B1"), "by a bot"),
        (direct_message(subtype="bot_message"), "by a bot"),
        (direct_message(user=BOT_USER), "by a bot"),
        (direct_message(user="USLACKBOT"), "by a bot"),
        (mention(bot_id="B2"), "by a bot"),
        (mention(user=BOT_USER), "by a bot"),
        (direct_message(user=None), "by nobody"),
        (channel_message(subtype="channel_join"), "subtype channel_join"),
        (direct_message(subtype="channel_topic"), "subtype channel_topic"),
        (direct_message(subtype="pinned_item"), "subtype pinned_item"),
        (direct_message(subtype="Secret: not-a-real-token"), "subtype unknown"),
    ],
)
def test_what_nobody_will_answer_is_dropped(
    send: Send, aws: FakeAws, logs: Logs, event: dict[str, Any], why: str
) -> None:
    assert send(event_request(event)).status == 200
    assert [(line["event"], line["why"]) for line in logs()] == [("dropped", why)]
    assert aws.messages == []


def test_a_person_who_authorised_the_app_may_still_ask(send: Send, aws: FakeAws) -> None:
    person = [{"team_id": "T1", "user_id": "U1", "is_bot": False}]
    send(event_request(direct_message(user="U1"), envelope={"authorizations": person}))
    assert len(aws.messages) == 1


def test_a_shared_channel_belongs_to_the_workspace_of_the_bot(send: Send, aws: FakeAws) -> None:
    send(event_request(mention(), envelope={"team_id": "TOTHER"}))
    assert message_in(aws)["question"] == "T1:C1:1.1"


def test_an_app_of_a_whole_organisation_has_a_team_too(send: Send, aws: FakeAws) -> None:
    envelope: dict[str, Any] = {"team_id": None, "enterprise_id": "E1", "authorizations": []}
    send(event_request(mention(), envelope=envelope))
    assert message_in(aws)["question"] == "E1:C1:1.1"


@pytest.mark.parametrize(
    "event",
    [
        home_opened(),
        {"type": "app_context_changed", "user": "U1"},
        {"type": "reaction_added", "user": "U1", "item": {"channel": "C1", "ts": "1.1"}},
        {"type": "an_event_of_next_year"},
        {"type": "with spaces and ünicode", "user": "U1"},
        {"type": "x" * 500},
        {"type": "team_join", "user": {"id": "U1"}},
    ],
)
def test_any_other_event_is_left_to_the_listeners(
    send: Send, aws: FakeAws, event: dict[str, Any]
) -> None:
    assert send(event_request(event)).status == 200
    assert message_in(aws)["question"] is None
    assert message_in(aws)["body"]["event"] == event


def test_other_events_are_told_apart_by_their_ids(send: Send, aws: FakeAws) -> None:
    for event_id, time in (("Ev1", 1), ("Ev2", 2), ("Ev1", 3)):
        send(event_request(home_opened(), envelope={"event_id": event_id, "event_time": time}))
    assert len(aws.messages) == 2


def test_what_one_person_does_keeps_its_order(send: Send, aws: FakeAws) -> None:
    for event in (home_opened(), {"type": "app_context_changed", "user": home_opened()["user"]}):
        send(event_request(event, envelope={"event_id": event["type"]}))
    first, second = aws.messages
    assert first["MessageGroupId"] == second["MessageGroupId"]


def test_a_request_that_is_no_event_is_dropped(send: Send, aws: FakeAws, logs: Logs) -> None:
    for type_ in ("app_rate_limited", "event", "command", "view", "block_actions"):
        assert send(signed(f'{{"type":"{type_}","team_id":"T1"}}', JSON)).status == 200
    assert {line["why"] for line in logs()} == {"another type of request"}
    assert aws.messages == []


def test_the_log_names_the_question_but_not_its_text(send: Send, logs: Logs) -> None:
    send(event_request(mention("the launch code", ts="1.1")))
    [line] = logs()
    assert {"event", "question", "message_id", "request_id", "build", "ms"} <= set(line)
    assert (line["event"], line["question"]) == ("accepted", "T1:C1:1.1")
    assert "launch" not in str(line)
