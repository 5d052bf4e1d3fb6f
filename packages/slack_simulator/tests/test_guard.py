"""Pages of other sites are kept out of the simulator; its own page and programs are not."""

import json
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, RejectConnection, Request

from slack_simulator import Control, Simulator
from slack_simulator.foreign_requests import NAMES, ORIGINS, SAFELISTED
from slack_simulator.scripted_model import ModelServer

ORDER = json.dumps({"person": "ada", "channel": "#help", "text": "hi"})
AS_JSON = {"Content-Type": "application/json"}


def ask(
    url: str, method: str, path: str, headers: dict[str, str], body: str = ""
) -> tuple[int, dict[str, str]]:
    """The status and the headers of the answer to a request with exactly these headers."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=5)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in {**headers, "Content-Length": str(len(body))}.items():
        connection.putheader(name, value)
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


PLACES = ["/", "/control/state", "/api/api.test", "/page/main.js", "/login"]


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("host", NAMES)
def test_a_rebound_name_reads_nothing(simulator: Simulator, path: str, host: str) -> None:
    assert ask(simulator.url, "GET", path, {"Host": host})[0] in (400, 403)


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("origin", ORIGINS)
def test_another_origin_reads_nothing(simulator: Simulator, path: str, origin: str) -> None:
    assert ask(simulator.url, "GET", path, {"Origin": origin})[0] == 403


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_page_embeds_is_not_there(simulator: Simulator, path: str, site: str) -> None:
    for mode, into in (("no-cors", "image"), ("no-cors", "script"), ("navigate", "iframe")):
        headers_sent = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": into}
        assert ask(simulator.url, "GET", path, headers_sent)[0] == 403


def test_a_link_to_the_page_may_be_anywhere(simulator: Simulator) -> None:
    headers_sent = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    linked = {"Sec-Fetch-Site": "cross-site", **headers_sent}
    assert ask(simulator.url, "GET", "/", linked)[0] == 200
    assert ask(simulator.url, "GET", "/control/state", linked)[0] == 403
    assert ask(simulator.url, "GET", "/", {"Sec-Fetch-Site": "none", **headers_sent})[0] == 200


@pytest.mark.parametrize("kind", SAFELISTED)
def test_an_order_that_needs_no_preflight_does_nothing(
    simulator: Simulator, slack: Control, kind: str
) -> None:
    headers_sent = {"Content-Type": kind}
    assert ask(simulator.url, "POST", "/control/say", headers_sent, ORDER)[0] == 415
    foreign = {**headers_sent, "Origin": "http://evil.example"}
    assert ask(simulator.url, "POST", "/control/say", foreign, ORDER)[0] == 403
    assert slack.messages("C0HELP") == []


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_page_may_act_by_whichever_name_it_was_opened(
    simulator: Simulator, slack: Control, name: str
) -> None:
    host = f"{name}:{urlsplit(simulator.url).port}"
    page_headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    assert ask(simulator.url, "POST", "/control/say", {**AS_JSON, **page_headers}, ORDER)[0] == 200
    assert [message.text for message in slack.messages("C0HELP")] == ["hi"]


def test_a_preflight_is_refused_and_nothing_is_shared(simulator: Simulator) -> None:
    preflight = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    for headers in (preflight, {}):
        status, answer = ask(simulator.url, "OPTIONS", "/control/say", headers)
        assert status in (403, 405)
        assert not any(name.startswith("access-control-") for name in answer)
    assert ask(simulator.url, "GET", "/", {})[1]["x-frame-options"] == "DENY"


def test_a_form_of_another_site_calls_no_method(simulator: Simulator, slack: Control) -> None:
    form = urlencode(
        {"token": simulator.credentials["bot_token"], "channel": "C0HELP", "text": "x"}
    )
    headers_sent = {"Content-Type": SAFELISTED[0], "Origin": "https://evil.example"}
    assert ask(simulator.url, "POST", "/api/chat.postMessage", headers_sent, form)[0] == 403
    assert slack.messages("C0HELP") == []


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_websocket_of_another_origin_does_not_open(simulator: Simulator, origin: str) -> None:
    at = urlsplit(simulator.url)
    connection = HTTPConnection(at.netloc, timeout=5)
    connection.connect()
    client = WSConnection(ConnectionType.CLIENT)
    request = Request(
        host=at.netloc, target="/link/?ticket=1", extra_headers=[(b"Origin", origin.encode())]
    )
    connection.sock.sendall(client.send(request))
    client.receive_data(connection.sock.recv(4096))
    connection.close()
    event = next(client.events())
    assert isinstance(event, RejectConnection)
    assert not isinstance(event, AcceptConnection)
    assert event.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_other_servers_on_loopback_answer_no_page_either(headers: dict[str, str]) -> None:
    with ModelServer() as model:
        assert ask(model.url, "POST", "/v1/chat/completions", headers, "{}")[0] == 403
        assert model.requests == []
        assert ask(model.url, "POST", "/v1/chat/completions", {}, "{}")[0] == 200
