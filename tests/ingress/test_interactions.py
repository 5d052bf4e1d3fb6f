"""Commands, buttons, shortcuts and modals: forms, never sent twice by Slack."""

from typing import Any

import pytest

from tests.fakes.aws import FakeAws
from tests.ingress.conftest import Logs, Send, message_in
from tests.slack_requests import (
    FORM,
    button,
    command,
    command_request,
    interaction_request,
    message_shortcut,
    shortcut,
    signed,
    submission,
)

EPHEMERAL = {"type": "message", "message_ts": "1.5", "thread_ts": "1.1", "channel_id": "C1"}


def test_a_command_is_queued_as_a_flat_form(send: Send, aws: FakeAws) -> None:
    response = send(command_request(command("Is Friday off & paid? ü=1")))
    assert (response.status, response.body) == (200, "")
    expected = command("Is Friday off & paid? ü=1")
    del expected["token"]
    message = message_in(aws)
    assert (message["kind"], message["question"]) == ("command", None)
    assert message["body"] == expected
    assert message["headers"] == {"content-type": FORM}


@pytest.mark.parametrize(
    "text", ["what is the payload limit?", "payload={}", "a&payload=%7B%7D&ssl_check=1", ""]
)
def test_a_command_may_say_payload(send: Send, aws: FakeAws, text: str) -> None:
    send(command_request(command(text)))
    assert message_in(aws)["body"]["text"] == text
    assert message_in(aws)["kind"] == "command"


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (button(), "action"),
        (shortcut(), "shortcut"),
        (message_shortcut(), "shortcut"),
        (submission(), "view"),
        (submission(type="view_closed"), "view"),
    ],
)
def test_an_interaction_is_queued_as_its_payload(
    send: Send, aws: FakeAws, payload: dict[str, Any], kind: str
) -> None:
    assert send(interaction_request(payload)).status == 200
    message = message_in(aws)
    assert (message["kind"], message["question"]) == (kind, None)
    assert message["body"] == {name: payload[name] for name in payload if name != "token"}


@pytest.mark.parametrize("type_", ["block_suggestion", "dialog_submission", "interactive_message"])
def test_what_would_need_an_answer_at_once_gets_an_empty_one(
    send: Send, aws: FakeAws, logs: Logs, type_: str
) -> None:
    assert send(interaction_request(button(type=type_))).status == 200
    assert [line["event"] for line in logs()] == ["dropped"]
    assert aws.messages == []


@pytest.mark.parametrize(
    ("payload", "group"),
    [
        (button(), "T1:C1:1.1"),
        (button(message={"ts": "1.5"}), "T1:C1:1.5"),
        (button(message=None), "T1:C1:1.5"),
        (button(message=None, container=EPHEMERAL), "T1:C1:1.1"),
        (message_shortcut(), "T1:C1:1.1"),
        (shortcut(), "T1:U1:13.37.fake"),
        (submission(), "T1:U1:13.37.fake"),
        (submission(team=None), "T1:U1:13.37.fake"),
        (submission(view={"app_installed_team_id": "T2"}), "T2:U1:13.37.fake"),
    ],
)
def test_an_interaction_waits_for_its_thread_where_it_has_one(
    send: Send, aws: FakeAws, payload: dict[str, Any], group: str
) -> None:
    send(interaction_request(payload))
    assert aws.messages[0]["MessageGroupId"] == group


def test_a_command_waits_for_nothing(send: Send, aws: FakeAws) -> None:
    send(command_request(command()))
    assert aws.messages[0]["MessageGroupId"] == "T1:U1:13.37.fake"


@pytest.mark.parametrize("trigger", ["x" * 200, "with space", "ü", "\n"])
def test_a_group_that_sqs_would_refuse_is_hashed(send: Send, aws: FakeAws, trigger: str) -> None:
    send(command_request(command(trigger_id=trigger)))
    group = aws.messages[0]["MessageGroupId"]
    assert len(group) == 64
    assert int(group, 16)


def test_the_same_click_is_one_and_the_next_click_another(send: Send, aws: FakeAws) -> None:
    for trigger in ("1", "1", "2"):
        send(interaction_request(button(trigger_id=trigger)))
    assert len(aws.messages) == 2


def test_slack_may_check_the_certificate_unsigned(send: Send, aws: FakeAws) -> None:
    check = signed("ssl_check=1&token=not-a-real-token", FORM)
    for name in ("x-slack-signature", "x-slack-request-timestamp"):
        del check["headers"][name]
    assert send(check).status == 200
    assert send({"rawQueryString": "ssl_check=1&token=x", "headers": {}}).status == 200
    assert aws.calls == []
