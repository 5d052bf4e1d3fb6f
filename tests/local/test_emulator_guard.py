"""Whom the emulator's guard lets in: programs with the secret, and nobody's web page."""

import asyncio
from typing import Any

import pytest

from scripts.local.emulator_guard import Message, Receive, Scope, Send, guarded
from slack_simulator.foreign_requests import NAMES, ORIGINS

SECRET = "not-a-real-secret"
HOST = "127.0.0.1:4566"
ROLE = "ASIAEXAMPLE"
SIGNED = f"AWS4-HMAC-SHA256 Credential={ROLE}/20261128/us-east-1/ssm/aws4_request, Signature=0"
EVENTS = "/_aws/execute-api/1a2b3c4d/$default/slack/events"


async def _emulator(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - ASGI's
    if scope["type"] == "websocket":
        return await send({"type": "websocket.accept", "headers": []})
    headers = [(b"Access-Control-Allow-Origin", b"*"), (b"x-amzn-requestid", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    return await send({"type": "http.response.body", "body": b"the key"})


def ask(path: str = "/", query: str = "", kind: str = "http", **headers: str) -> list[Message]:
    """Send a request with these headers through the guard, and return the answer's messages."""
    fields = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": kind,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
    }
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": f"{kind}.connect"}

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(guarded(_emulator, SECRET, {ROLE: "token"}.get)(scope, receive, send))  # type: ignore[arg-type]
    return messages


def status(**request: Any) -> int:
    return int(ask(**request)[0]["status"])


def test_a_program_with_the_secret_is_let_in() -> None:
    assert status(x_amz_security_token=SECRET) == 200
    assert status(host="localhost:4566", x_amz_security_token=SECRET) == 200
    assert status(host="[::1]:4566", x_amz_security_token=SECRET) == 200


def test_a_presigned_url_carries_the_secret_in_its_query() -> None:
    assert status(query=f"X-Amz-Signature=0&X-Amz-Security-Token={SECRET}") == 200
    assert status(query="X-Amz-Signature=0&X-Amz-Security-Token=guessed") == 403


@pytest.mark.parametrize("token", ["", "guessed", SECRET[:-1], f"{SECRET}x", SECRET.upper()])
def test_nobody_is_let_in_without_the_secret(token: str) -> None:
    assert status() == 403
    assert status(x_amz_security_token=token) == 403
    assert status(path="/_ministack/health", x_amz_security_token=token) == 403


def test_a_roles_own_token_is_let_in_with_its_own_key_alone() -> None:
    assert status(authorization=SIGNED, x_amz_security_token="token") == 200
    assert status(authorization=SIGNED, x_amz_security_token="another") == 403
    assert (
        status(authorization=SIGNED.replace(ROLE, "ASIAOTHER"), x_amz_security_token="token") == 403
    )
    assert status(x_amz_security_token="token") == 403
    assert status(query="X-Amz-Security-Token=token", authorization=SIGNED) == 403


@pytest.mark.parametrize("host", NAMES)
def test_a_rebound_name_is_refused_even_with_the_secret(host: str) -> None:
    assert status(host=host, x_amz_security_token=SECRET) == 403
    assert status(host=host, path=EVENTS) == 403


@pytest.mark.parametrize("origin", [*ORIGINS, f"http://{HOST}"])
def test_a_web_page_is_refused_even_with_the_secret(origin: str) -> None:
    assert status(origin=origin, x_amz_security_token=SECRET) == 403
    assert status(origin=origin, path=EVENTS) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin"])
def test_a_browsers_request_without_an_origin_is_refused_too(site: str) -> None:
    assert status(sec_fetch_site=site, x_amz_security_token=SECRET) == 403
    assert status(sec_fetch_site=site, path=EVENTS) == 403


def test_two_hosts_are_one_too_many() -> None:
    scope = {"type": "http", "path": "/", "headers": [(b"host", HOST.encode())] * 2}
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(guarded(_emulator, SECRET)(scope, None, send))  # type: ignore[arg-type]
    assert messages[0]["status"] == 403


@pytest.mark.parametrize(
    "path",
    [
        EVENTS,
        "/_aws/lambda-url/0123456789abcdef0123456789abcdef/",
        "/_ministack/lambda-code/000000000001/us-east-1/worker",
        "/_ministack/cfn-response/5f0c",
    ],
)
def test_what_needs_no_credentials_on_aws_needs_none_here(path: str) -> None:
    assert status(path=path) == 200


@pytest.mark.parametrize(
    "path",
    [
        "/_aws/execute-api/1a2b3c4d",  # the emulator would take it for a call of a service
        "/_aws/execute-api//x/",
        "/x/_aws/execute-api/1a2b3c4d/$default/",
        "/_aws/execute-apis/1a2b3c4d/$default/",
        "/_ministack/lambda-code/",
        "/_ministack/reset",
        "/2015-03-31/functions",
    ],
)
def test_what_only_looks_like_an_api_needs_the_secret(path: str) -> None:
    assert status(path=path, x_amz_target="AmazonSSM.GetParameter") == 403


def test_a_websocket_is_closed_before_it_opens() -> None:
    assert ask(path="/", kind="websocket") == [{"type": "websocket.close", "code": 1008}]
    page = ask(path=EVENTS, kind="websocket", origin="http://evil.example")
    assert page == [{"type": "websocket.close", "code": 1008}]
    assert ask(path=EVENTS, kind="websocket")[0]["type"] == "websocket.accept"


def test_no_answer_lets_pages_of_other_sites_read_it() -> None:
    for answer in (ask(x_amz_security_token=SECRET), ask()):
        names = [name.lower() for name, _ in answer[0]["headers"]]
        assert not any(name.startswith(b"access-control-") for name in names)
    assert (b"x-amzn-requestid", b"1") in ask(x_amz_security_token=SECRET)[0]["headers"]
