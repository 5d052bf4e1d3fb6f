"""The calls to AWS: signed as botocore signs them, kept alive, tried once more where it helps."""

import hashlib
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import quote

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from bot.runtime.aws import AwsError, Client, object_url, service_url
from bot.runtime.signing import Credentials, sign
from tests.fakes.aws import WRITTEN, FakeAws, running_aws

NOW = 1_795_342_720.5
REGIONS = ["us-east-1", "eu-central-1", "ap-southeast-2", "cn-north-1", "us-gov-west-1"]
TEXT = "abc XYZ 019 -_.~!*'();:@&=+$,/?%#[]{}|\\^`\"<> äß語👣\t\u00a0"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeAws]:
    with running_aws() as aws:
        yield aws


@pytest.fixture
def aws(server: FakeAws) -> FakeAws:
    server.reset()
    server.parameters["name"] = "value"
    return server


@pytest.fixture
def client(aws: FakeAws) -> Iterator[Client]:
    credentials = Credentials("AKIAFAKE", "not-a-real-key", "not-a-real-session")
    client = Client("eu-central-1", credentials, aws.url)
    yield client
    client.close()


@pytest.fixture
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop botocore's clock: its signer takes no time as an argument."""
    stopped = datetime.fromtimestamp(NOW, UTC).replace(tzinfo=None)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda **_: stopped)


@pytest.mark.usefixtures("_frozen")
def test_a_thousand_json_calls_are_signed_as_botocore_signs_them() -> None:
    chance = random.Random(1)
    for _ in range(1000):
        service = chance.choice(["sqs", "ssm", "dynamodb", "kms", "bedrock"])
        region = chance.choice(REGIONS)
        host = chance.choice([f"{service}.{region}.amazonaws.com", "127.0.0.1:4566", "localhost"])
        scheme = "http" if host[0] in "1l" else "https"
        body = _text(chance, 200).encode()
        headers = {
            "content-type": chance.choice(["application/x-amz-json-1.0", "application/json"]),
            "x-amz-target": f"Any.{_text(chance, 12, TEXT[:7])}",
        }
        credentials = _credentials(chance)
        expected = AWSRequest("POST", f"{scheme}://{host}/", {**headers, "Host": host}, body)
        botocore.auth.SigV4Auth(_for_botocore(credentials), service, region).add_auth(expected)
        signed = sign("POST", host, "/", headers, body, service, region, credentials, NOW)
        assert signed == {name.lower(): value for name, value in expected.headers.items()}


@pytest.mark.usefixtures("_frozen")
def test_five_hundred_object_reads_are_signed_as_botocore_signs_them() -> None:
    chance = random.Random(2)
    for _ in range(500):
        region = chance.choice(REGIONS)
        bucket = _text(chance, 20, "abc019-")
        path = f"/{quote(_text(chance, 60), safe='/~')}"
        host = f"{bucket}.s3.{region}.amazonaws.com"
        if chance.random() < 0.5:
            host, path = "127.0.0.1:4566", f"/{bucket}{path}"
        scheme = "http" if host.startswith("127") else "https"
        etag = f'"{hashlib.md5(path.encode()).hexdigest()}"'  # noqa: S324
        headers = {"if-none-match": etag} if chance.random() < 0.5 else {}
        credentials = _credentials(chance)
        expected = AWSRequest("GET", f"{scheme}://{host}{path}", {**headers, "Host": host})
        expected.context["payload_signing_enabled"] = True
        botocore.auth.S3SigV4Auth(_for_botocore(credentials), "s3", region).add_auth(expected)
        signed = sign("GET", host, path, headers, b"", "s3", region, credentials, NOW)
        assert signed == {name.lower(): value for name, value in expected.headers.items()}


def _text(chance: random.Random, most: int, letters: str = TEXT) -> str:
    return "".join(chance.choices(letters, k=chance.randint(1, most)))


def _credentials(chance: random.Random) -> Credentials:
    token = _text(chance, 300, "abcXYZ019+/=") if chance.random() < 0.7 else ""
    return Credentials(_text(chance, 20, "AKI019"), _text(chance, 40, "abcXYZ019+/"), token)


def _for_botocore(ours: Credentials) -> BotocoreCredentials:
    return BotocoreCredentials(ours.access_key, ours.secret_key, ours.session_token or None)


def test_a_call_returns_the_answer(client: Client, aws: FakeAws) -> None:
    answer = client.call("ssm", "AmazonSSM.GetParameter", {"Name": "name"})
    assert answer == {"Parameter": {"Value": "value"}}
    [call] = aws.calls
    assert call.headers["content-type"] == "application/x-amz-json-1.1"
    assert call.headers["x-amz-security-token"] == "not-a-real-session"
    assert "/eu-central-1/ssm/aws4_request" in call.headers["authorization"]


def test_unicode_arrives_as_it_was_sent(client: Client, aws: FakeAws) -> None:
    payload = {"MessageBody": "äß語👣\0", "MessageDeduplicationId": "1"}
    client.call("sqs", "AmazonSQS.SendMessage", payload)
    assert aws.messages == [payload]


def test_calls_share_a_connection(client: Client, aws: FakeAws) -> None:
    for _ in range(5):
        client.call("ssm", "AmazonSSM.GetParameter", {"Name": "name"})
    assert len({call.port for call in aws.calls}) == 1


def test_threads_have_connections_of_their_own(client: Client, aws: FakeAws) -> None:
    aws.together = threading.Barrier(4)

    def send(number: int) -> str:
        payload = {"MessageBody": "x", "MessageDeduplicationId": str(number)}
        return str(client.call("sqs", "AmazonSQS.SendMessage", payload)["MessageId"])

    with ThreadPoolExecutor(4) as threads:
        ids = list(threads.map(send, range(40)))
    assert len(aws.messages) == len(set(ids)) == 40
    assert len({call.port for call in aws.calls}) == 4


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, "InternalError"),
        (503, "ServiceUnavailable"),
        (429, "TooManyRequests"),
        (400, "ThrottlingException"),
        (400, "RequestThrottled"),
        (400, "ProvisionedThroughputExceededException"),
        (0, "hung up"),
    ],
)
def test_what_may_pass_is_tried_once_more(
    client: Client, aws: FakeAws, status: int, code: str
) -> None:
    aws.fail("GetParameter", status, code, times=1)
    client.call("ssm", "AmazonSSM.GetParameter", {"Name": "name"})
    assert len(aws.calls) == 2


@pytest.mark.parametrize(
    ("status", "code", "tries"),
    [(500, "InternalError", 2), (0, "RemoteDisconnected", 2), (403, "InternalError", 1)],
)
def test_what_does_not_pass_is_an_error(
    client: Client, aws: FakeAws, status: int, code: str, tries: int
) -> None:
    aws.fail("GetParameter", status)
    with pytest.raises(AwsError) as raised:
        client.call("ssm", "AmazonSSM.GetParameter", {"Name": "name"})
    error = raised.value
    assert (error.service, error.operation) == ("ssm", "GetParameter")
    assert (error.status, error.code, len(aws.calls)) == (status, code, tries)


def test_a_connection_that_went_stale_is_replaced(client: Client, aws: FakeAws) -> None:
    client.call("ssm", "AmazonSSM.GetParameter", {"Name": "name"})
    aws.fail("GetParameter", 0, times=1)
    client.call("ssm", "AmazonSSM.GetParameter", {"Name": "name"})
    assert aws.calls[2].port != aws.calls[1].port == aws.calls[0].port


def test_a_second_stale_connection_is_not_tried(client: Client, aws: FakeAws) -> None:
    aws.together = threading.Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        for _ in range(2):
            threads.submit(client.call, "ssm", "AmazonSSM.GetParameter", {"Name": "name"})
    aws.together = None
    aws.fail("GetParameter", 0, times=1)
    client.call("ssm", "AmazonSSM.GetParameter", {"Name": "name"})
    ports = [call.port for call in aws.calls]
    assert ports[2] in ports[:2]
    assert ports[3] not in ports[:3]


def test_nobody_there_is_an_error() -> None:
    client = Client("eu-central-1", Credentials("a", "b"), "http://127.0.0.1:1")
    with pytest.raises(AwsError, match=r"sqs SendMessage failed: 0 ConnectionRefusedError"):
        client.call("sqs", "AmazonSQS.SendMessage", {})


def test_silence_is_an_error_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = Client("eu-central-1", Credentials("a", "b"), url, timeout=0.05)
        with pytest.raises(AwsError, match="0 TimeoutError"):
            client.call("sqs", "AmazonSQS.SendMessage", {})
        silent.accept()[0].close()
        silent.settimeout(0.01)
        with pytest.raises(TimeoutError):  # there was no second try
            silent.accept()


def test_an_answer_that_is_no_json_is_an_error(client: Client, aws: FakeAws) -> None:
    aws.fail("GetParameter", 200, answer=b"<html>Please log in</html>")
    with pytest.raises(AwsError, match="200 NotJson"):
        client.call("ssm", "AmazonSSM.GetParameter", {"Name": "name"})


def test_an_object_is_read_with_its_etag_and_its_date(client: Client, aws: FakeAws) -> None:
    aws.objects["bucket/a folder/ü+%.json"] = (b"content", '"1"')
    assert client.get_object("bucket", "a folder/ü+%.json", None) == (
        b"content",
        '"1"',
        WRITTEN,
    )
    [call] = aws.calls
    assert call.payload["Path"] == "/bucket/a%20folder/%C3%BC%2B%25.json"
    assert call.headers["x-amz-content-sha256"] == hashlib.sha256(b"").hexdigest()


def test_addresses_are_those_of_aws() -> None:
    assert service_url("sqs", "eu-central-1") == "https://sqs.eu-central-1.amazonaws.com"
    assert service_url("sqs", "cn-north-1") == "https://sqs.cn-north-1.amazonaws.com.cn"
    default = ("https://docs.s3.eu-central-1.amazonaws.com", "/a/b%20c.json")
    assert object_url("docs", "a/b c.json", "eu-central-1", None) == default
    shared = ("https://s3.eu-central-1.amazonaws.com", "/my.docs/a")
    assert object_url("my.docs", "a", "eu-central-1", None) == shared


def test_an_object_that_has_not_changed_is_not_sent_again(client: Client, aws: FakeAws) -> None:
    aws.objects["bucket/key"] = (b"content", '"1"')
    assert client.get_object("bucket", "key", '"1"') is None
    aws.objects["bucket/key"] = (b"new", '"2"')
    assert client.get_object("bucket", "key", '"1"') == (b"new", '"2"', WRITTEN)
    assert len({call.port for call in aws.calls}) == 1


def test_a_missing_object_is_an_error(client: Client) -> None:
    with pytest.raises(AwsError, match="s3 GetObject failed: 404 NoSuchKey"):
        client.get_object("bucket", "key", None)


def test_secrets_show_in_no_repr_and_no_error(client: Client, aws: FakeAws) -> None:
    aws.fail("PutParameter", 403)
    with pytest.raises(AwsError) as raised:
        client.call("ssm", "AmazonSSM.PutParameter", {"Value": "not-a-real-value"})
    text = repr([client, vars(client)["_credentials"], raised.value, str(raised.value)])
    assert "not-a-real" not in text


def test_importing_it_takes_nothing_that_is_slow() -> None:
    code = "import sys, bot.runtime.aws; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True
    )
    modules = set(loaded.stdout.split())
    assert not modules & {"typing", "dataclasses", "inspect", "logging", "asyncio", "boto3"}
