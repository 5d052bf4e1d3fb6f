"""Only Slack gets in, and the secret that shows it can be changed without a deployment."""

import pytest

from tests.fakes.aws import FakeAws
from tests.ingress.conftest import PARAMETER, Clock, Logs, Send
from tests.slack_requests import JSON, command, command_request, event_request, mention, signed


def test_a_signed_request_is_accepted(send: Send, aws: FakeAws) -> None:
    assert send(event_request(mention())).status == 200
    assert len(aws.messages) == 1


def test_the_signature_covers_the_bytes_inside_base64(send: Send, aws: FakeAws) -> None:
    assert send(event_request(mention("Füße? 👣"), base64_body=True)).status == 200
    assert len(aws.messages) == 1


@pytest.mark.parametrize("seconds", [-300, -299, 299, 300])
def test_a_clock_may_be_off_by_five_minutes(send: Send, clock: Clock, seconds: int) -> None:
    clock.now = float(int(clock.now))
    assert send(event_request(mention(), at=clock.now + seconds)).status == 200


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 86_400])
def test_a_stale_timestamp_is_refused(
    send: Send, aws: FakeAws, clock: Clock, logs: Logs, seconds: int
) -> None:
    clock.now = float(int(clock.now))
    assert send(event_request(mention(), at=clock.now + seconds)).status == 401
    assert [line["why"] for line in logs()] == ["stale timestamp"]
    assert aws.calls == []


def test_another_secret_is_refused(send: Send, aws: FakeAws, logs: Logs) -> None:
    assert send(event_request(mention(), secret="somebody-else")).status == 401
    assert [(line["event"], line["why"]) for line in logs()] == [("refused", "wrong signature")]
    assert aws.messages == []


def test_a_changed_body_is_refused(send: Send) -> None:
    request = event_request(mention())
    request["body"] = request["body"].replace("Friday", "Monday")
    assert send(request).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"x-slack-signature": ""},
        {"x-slack-signature": "v0="},
        {"x-slack-signature": "v0=" + "0" * 63},
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-signature": "v0=" + "0" * 65},
        {"x-slack-signature": "v0=" + "é" * 64},
        {"x-slack-signature": "v1=" + "0" * 64},
        {"x-slack-signature": "0" * 1_000_000},
        {"x-slack-request-timestamp": ""},
        {"x-slack-request-timestamp": "now"},
        {"x-slack-request-timestamp": "1e9"},
        {"x-slack-request-timestamp": "-1"},
        {"x-slack-request-timestamp": "٣"},
        {"x-slack-request-timestamp": "9" * 5000},
    ],
)
def test_a_malformed_header_is_refused(send: Send, aws: FakeAws, headers: dict[str, str]) -> None:
    assert send(event_request(mention(), headers=headers)).status == 401
    assert aws.messages == []


@pytest.mark.parametrize("name", ["x-slack-signature", "x-slack-request-timestamp"])
def test_a_missing_header_is_refused(send: Send, name: str) -> None:
    request = event_request(mention())
    del request["headers"][name]
    assert send(request).status == 401


@pytest.mark.parametrize("name", ["x-slack-signature", "x-slack-request-timestamp"])
def test_a_repeated_header_is_refused_even_if_each_is_right(send: Send, name: str) -> None:
    joined, twice = event_request(mention()), event_request(mention())
    joined["headers"][name] = ",".join([joined["headers"][name]] * 2)
    twice["headers"][name.upper()] = twice["headers"][name]
    assert [send(joined).status, send(twice).status] == [401, 401]


def test_no_headers_at_all_are_refused(send: Send) -> None:
    assert send({**event_request(mention()), "headers": None}).status == 401
    assert send({}).status == 401


def test_header_names_come_in_any_case(send: Send, aws: FakeAws) -> None:
    """aws-samples Multi-Interface-Chatbot #1: headers looked up in one case only."""
    request = command_request(command())
    request["headers"] = {name.title(): value for name, value in request["headers"].items()}
    assert send(request).status == 200
    assert len(aws.messages) == 1


def test_the_secret_is_read_once(send: Send, aws: FakeAws) -> None:
    for number in range(3):
        send(event_request(mention(ts=f"1.{number}")))
    assert len(aws.called("GetParameter")) == 1


def test_a_new_secret_is_found_when_a_signature_fails(
    send: Send, aws: FakeAws, clock: Clock
) -> None:
    send(event_request(mention(ts="1.1")))
    aws.parameters[PARAMETER] = "the-next-secret"
    clock.now += 60
    assert send(event_request(mention(ts="1.2"), secret="the-next-secret")).status == 200
    assert send(event_request(mention(ts="1.3"), secret="the-next-secret")).status == 200
    assert send(event_request(mention(ts="1.4"))).status == 401
    assert len(aws.called("GetParameter")) == 2


def test_wrong_signatures_have_the_secret_read_once_a_minute_at_most(
    send: Send, aws: FakeAws, clock: Clock
) -> None:
    for _ in range(3):
        for _ in range(10):
            assert send(event_request(mention(), secret="somebody-else")).status == 401
        clock.now += 60
    assert len(aws.called("GetParameter")) == 3


def test_a_secret_that_cannot_be_read_has_slack_send_again(
    send: Send, aws: FakeAws, logs: Logs
) -> None:
    aws.fail("GetParameter", 400, "AccessDeniedException", times=1)
    assert send(event_request(mention())).status == 500
    assert [line["why"] for line in logs()] == [
        "ssm GetParameter failed: 400 AccessDeniedException"
    ]
    assert send(event_request(mention())).status == 200


def test_a_missing_secret_is_told_in_the_log(send: Send, aws: FakeAws, logs: Logs) -> None:
    aws.parameters.clear()
    assert send(event_request(mention())).status == 500
    [line] = logs()
    assert (
        line["why"] == f"The SSM parameter {PARAMETER} does not exist: store it as a SecureString."
    )


def test_the_address_is_verified_only_for_slack(send: Send) -> None:
    question = '{"type":"url_verification","challenge":"c\\u00e4"}'
    assert send(signed(question, JSON)).body == '{"challenge": "c\\u00e4"}'
    assert send(signed(question, JSON, secret="somebody-else")).status == 401
