"""Whatever arrives is answered with the right status, and nothing broken gets into the queue."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.aws import FakeAws
from tests.ingress.conftest import Logs, Response, Send, message_in
from tests.slack_requests import (
    FORM,
    JSON,
    SECRET,
    Json,
    button,
    deleted,
    direct_message,
    edited,
    event_callback,
    event_request,
    home_opened,
    mention,
    message_shortcut,
    signed,
    stop,
    submission,
)

_SQS_TEXT = re.compile("[\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
_SQS_ID = re.compile("[!-~]{1,128}")

MALFORMED_JSON: list[bytes | str] = [
    b"",
    b" ",
    b"{",
    b"null",
    b"1",
    b"[]",
    b'"text"',
    b"{}{}",
    b"\xff\xfe{\x00}\x00",
    b'\xef\xbb\xbf{"type":"x"}',
    b'{"type":"event_callback","event":{"type":"\xff"}}',
    b'{"type":"event_callback"}',
    b'{"type":"event_callback","event":null}',
    b'{"type":"event_callback","event":[]}',
    b'{"type":"event_callback","event":{}}',
    b'{"type":"event_callback","event":{"type":1}}',
    b'{"type":"event_callback","event":{"type":"app_mention","user":"U1"}}',
    b'{"type":"event_callback","event":{"type":"home"},"team_id":"T1","authorizations":1}',
    b'{"type":"url_verification"}',
    b'{"type":"url_verification","challenge":{}}',
    "[" * 100_000,
    '{"a":' * 100_000,
    '{"a":' * 100_000 + "1" + "}" * 100_000,
    json.dumps(event_callback(mention(deep=json.loads("[" * 200 + "]" * 200)))),
    json.dumps(event_callback(mention(number=float("nan")))),
    json.dumps(event_callback(mention(number=float("-inf")))),
    json.dumps(event_callback(mention(number="HUGE"))).replace('"HUGE"', "1e999"),
    json.dumps(event_callback(mention(number="HUGE"))).replace('"HUGE"', "9" * 10_000),
    json.dumps(event_callback(mention(channel=None))),
    json.dumps(event_callback(mention(channel="C 1"))),
    json.dumps(event_callback(mention(channel="C" * 5000))),
    json.dumps(event_callback({**mention(), "ts": None})),
    json.dumps(event_callback(mention(ts="yesterday"))),
    json.dumps(event_callback(mention(ts="1.1\n"))),
    json.dumps(event_callback(mention(), team_id=None, authorizations=[])),
]

MALFORMED_FORMS: list[bytes | str] = [
    b"",
    b"payload",
    b"payload=",
    b"payload=%7B",
    b"payload=%7B%22type%22%3A%22block_act",
    b"payload=null",
    b"payload=%ff",
    b"\xff=\xff",
    b"text=hello",
    b"command=&team_id=T1",
    b"command=%2Fask&team_id=T1&te",
    b"command=%2Fask&text=%ED%A0%80&team_id=T1",
    b"command=%2Fask",
    "command=%2Fask&team_id=T1&" + "&".join(f"a{number}=1" for number in range(10_000)),
    "payload=" + quote_plus('{"type":"shortcut","team":{"id":"T1"},"a":' * 5_000),
    urlencode({"payload": json.dumps(button(team=None, user={"id": "U1"}))}),
]


@pytest.mark.parametrize("body", MALFORMED_JSON)
def test_malformed_json_is_400(send: Send, aws: FakeAws, body: bytes | str) -> None:
    assert send(signed(body, JSON, base64_body=True)).status == 400
    assert aws.messages == []


@pytest.mark.parametrize("body", MALFORMED_FORMS)
def test_a_malformed_form_is_400(send: Send, aws: FakeAws, body: bytes | str) -> None:
    assert send(signed(body, FORM, base64_body=True)).status == 400
    assert aws.messages == []


@pytest.mark.parametrize("end", range(1, 60, 7))
def test_truncated_requests_are_400(send: Send, aws: FakeAws, end: int) -> None:
    assert send(signed(json.dumps(event_callback(mention()))[:-end], JSON)).status == 400
    truncated = urlencode({"payload": json.dumps(button())})[:-end]
    assert send(signed(truncated, FORM)).status == 400
    assert aws.messages == []


def test_no_body_is_malformed_if_signed_and_refused_if_not(send: Send) -> None:
    assert send({**signed(b"", JSON), "body": None}).status == 400
    assert send({**event_request(mention()), "body": None}).status == 401


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "multipart/form-data; boundary=x", f"{JSON},{JSON}"]
)
def test_another_content_type_is_415(send: Send, aws: FakeAws, content_type: str) -> None:
    assert send(signed(json.dumps(event_callback(mention())), content_type)).status == 415
    assert aws.messages == []


@pytest.mark.parametrize("content_type", [f"{JSON}; charset=utf-8", "Application/JSON", f" {JSON}"])
def test_a_content_type_may_be_written_in_other_ways(
    send: Send, aws: FakeAws, content_type: str
) -> None:
    assert send(signed(json.dumps(event_callback(mention())), content_type)).status == 200
    assert message_in(aws)["headers"] == {"content-type": JSON}


@pytest.mark.parametrize("base64_body", [True, False])
def test_ten_megabytes_are_413(send: Send, aws: FakeAws, base64_body: bool) -> None:
    request = event_request(mention("x" * 10_000_000), base64_body=base64_body)
    assert send(request).status == 413
    assert aws.calls == []


def test_what_grows_too_large_for_sqs_is_413(send: Send, aws: FakeAws) -> None:
    body = json.dumps(event_callback(mention(numbers="MANY")))
    assert send(signed(body.replace('"MANY"', f"[{'1e9,' * 200_000}1]"), JSON)).status == 413
    longest = body.replace("MANY", "x" * (1_048_576 - len(body) + len("MANY")))
    assert send(signed(longest, JSON)).status == 413
    assert aws.messages == []


@pytest.mark.parametrize("character", ["x", "ü", "語", "👣", '"', "\\", "\n", "\0"])
def test_the_longest_message_of_slack_fits(send: Send, aws: FakeAws, character: str) -> None:
    text = character * 40_000
    blocks = [{"type": "rich_text", "elements": [{"type": "text", "text": text}]}]
    assert send(event_request(direct_message(text, blocks=blocks))).status == 200
    assert message_in(aws)["body"]["event"]["text"] == text


def test_base64_that_is_none_is_400(send: Send) -> None:
    request = event_request(mention(), base64_body=True)
    for body in ("%%%", "abc", "ä", "YQ==\n"):
        assert send({**request, "body": body}).status == 400


def test_the_last_of_duplicate_keys_counts_for_us_and_for_the_worker(
    send: Send, aws: FakeAws
) -> None:
    body = json.dumps(event_callback(mention(ts="1.1")))
    assert send(signed(body.replace('"ts": "1.1"', '"ts": "9.9", "ts": "1.1"'), JSON)).status == 200
    assert message_in(aws)["question"] == "T1:C1:1.1"
    assert aws.messages[0]["MessageBody"].count('"ts"') == 1


@pytest.mark.parametrize(
    ("text", "arrived"),
    [
        ("a\\ud83d", "a\ufffd"),
        ("\\udc63b", "\ufffdb"),
        ("\\udc63\\ud83d", "\ufffd\ufffd"),
        ("\\ud83d\\udc63", "👣"),
        ("\\u0000", "\0"),
        ("\\ufffe\\uffff", "\ufffd\ufffd"),
        ("\\u007f\\u0085\\u2028", "\x7f\x85\u2028"),
    ],
)
def test_odd_characters_arrive_as_something_every_client_can_send(
    send: Send, aws: FakeAws, text: str, arrived: str
) -> None:
    body = json.dumps(event_callback(direct_message("TEXT"))).replace("TEXT", text)
    assert send(signed(body, JSON)).status == 200
    assert message_in(aws)["body"]["event"]["text"] == arrived
    assert _SQS_TEXT.fullmatch(aws.messages[0]["MessageBody"])


def test_no_secret_and_no_text_gets_into_the_log(
    send: Send, aws: FakeAws, capsys: pytest.CaptureFixture[str]
) -> None:
    private = "the launch code"
    retried = {"x-slack-retry-num": private, "x-slack-retry-reason": private}
    for body in (*MALFORMED_JSON, json.dumps(event_callback(mention(private)))):
        request = signed(body, JSON, base64_body=True, headers={"authorization": private})
        send(request)
        send({**request, "headers": {**request["headers"], **retried}})
        send({**request, "headers": {**request["headers"], "x-slack-signature": private}})
    aws.fail("SendMessage", 400, "AccessDeniedException")
    send(event_request(mention(private)))
    out, err = capsys.readouterr()
    assert out.count("\n") == 3 * (len(MALFORMED_JSON) + 1) + 1
    for secret in (SECRET, private, "not-a-real", "v0=", request["headers"]["x-slack-signature"]):
        assert secret not in out + err


def test_the_log_stays_one_json_object_a_line(send: Send, logs: Logs) -> None:
    send(event_request(mention(channel="C1\n{}")))
    send(event_request({"type": "a\nb\ud800"}))
    assert [line["event"] for line in logs()] == ["refused", "accepted"]


scalars: st.SearchStrategy[Any] = st.none() | st.integers() | st.floats() | st.text()
values: st.SearchStrategy[Any] = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=4
)
bodies = st.one_of(
    st.tuples(st.binary(), st.sampled_from([JSON, FORM, "text/plain"])),
    st.tuples(values.map(json.dumps), st.just(JSON)),
    st.tuples(values.map(lambda value: urlencode({"payload": json.dumps(value)})), st.just(FORM)),
)


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(bodies)
def test_arbitrary_signed_bytes_break_nothing(
    send: Send, aws: FakeAws, body: tuple[bytes | str, str]
) -> None:
    assert_sound(send(signed(*body, base64_body=True)), aws)


ODD: list[Any] = [
    None,
    -1.5,
    "",
    "\ud800",
    "UBOT",
    "tombstone",
    "message_deleted",
    [None],
    ["1.1"],
    {},
]


@pytest.mark.parametrize(
    "original",
    [
        event_callback(mention()),
        event_callback(direct_message()),
        event_callback(edited(direct_message(), "Is Monday off?")),
        event_callback(deleted(direct_message())),
        event_callback(stop()),
        event_callback(home_opened()),
        button(),
        message_shortcut(),
        submission(),
    ],
    ids=lambda payload: payload.get("event", payload)["type"],
)
def test_one_odd_value_anywhere_in_a_request_breaks_nothing(
    send: Send, aws: FakeAws, original: Json
) -> None:
    for mutant in mutants(original):
        text = json.dumps(mutant)
        if "event" in original:
            request = signed(text, JSON)
        else:
            request = signed(urlencode({"payload": text}), FORM)
        assert_sound(send(request), aws)


def mutants(value: Any) -> Iterator[Any]:
    """Yield copies of `value` in each of which one value is odd."""
    yield from ODD
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items if isinstance(value, dict | list) else ():
        for mutant in mutants(inner) if isinstance(inner, dict | list) else ODD:
            copy = value.copy()
            copy[key] = mutant
            yield copy


def assert_sound(response: Response, aws: FakeAws) -> None:
    assert response.status in (200, 400, 413, 415)
    assert response.status == 200 or not aws.messages
    for payload in aws.messages:
        assert_format_1(payload)
    aws.messages.clear()


def assert_format_1(payload: dict[str, Any]) -> None:
    """Check a message against the queue's format, as strictly as the worker could."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    assert set(payload) == {
        "QueueUrl",
        "MessageBody",
        "MessageGroupId",
        "MessageDeduplicationId",
    }
    assert _SQS_ID.fullmatch(payload["MessageGroupId"])
    assert _SQS_ID.fullmatch(payload["MessageDeduplicationId"])
    assert _SQS_TEXT.fullmatch(payload["MessageBody"])
    assert len(payload["MessageBody"].encode()) <= 1_048_576
    message = json.loads(payload["MessageBody"], parse_constant=refuse)
    assert set(message) == {
        "v",
        "kind",
        "question",
        "body",
        "headers",
        "received",
        "request_id",
    }
    assert message["v"] == 1
    assert message["kind"] in ("event", "command", "action", "shortcut", "view")
    assert message["question"] is None or re.fullmatch(
        r"[\w-]+:[\w-]+:[0-9.]+", message["question"], re.ASCII
    )
    assert isinstance(message["body"], dict)
    assert "token" not in message["body"]
    assert list(message["headers"]) == ["content-type"]
    assert isinstance(message["received"], float)
    if message["kind"] == "event":
        assert isinstance(message["body"]["event"]["type"], str)
