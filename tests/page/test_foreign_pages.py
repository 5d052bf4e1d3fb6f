"""What a page of another site can do to `./stackbot local`, tried in a real browser: nothing.

The browser reads `evil.example` as 127.0.0.1, as after its owner rebound the name. Every socket on
which the command or anything that it started listens is tried, and the scripted model's.
"""

import base64
import io
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from playwright.sync_api import Browser, Page

from scripts.local.emulator import REGION
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.running import ROOT, Local, running
from tests.page.browser import QUIET, find_chromium
from tests.sockets import Listener, descendants, environment, listeners

KEY = "sk-not-a-real-key-4f1d"
_PARAMETER = "/stackbot/local/openai-api-key"
ATTACKS = (Path(__file__).parent / "foreign.js").read_text()
_EVIL = "evil.example"
_RESOLVED = f"--host-resolver-rules=MAP {_EVIL} 127.0.0.1"
# Chromium's own checks would hide what ours do; other browsers have none.
_UNCHECKED = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> Iterator[Local]:
    folder = tmp_path_factory.mktemp("local")
    with running(
        [ROOT / "stackbot", "local", "--port", "0"],
        folder,
        OPENAI_API_KEY=KEY,
        OPENAI_BASE_URL=model.url,
        OPENAI_MODEL="scripted",
    ) as local:
        assert local.url
        yield local


@pytest.fixture(scope="module")
def listening(local: Local) -> list[Listener]:
    return listeners(local.pid)


@pytest.fixture(scope="module")
def ports(listening: list[Listener], model: ModelServer) -> list[int]:
    return sorted({listener.port for listener in listening} | {urlsplit(model.url).port or 0})


@pytest.fixture(scope="module")
def foreign_browser(browser: Browser) -> Iterator[Browser]:
    options = [*QUIET, _RESOLVED, _UNCHECKED]
    started = browser.browser_type.launch(executable_path=find_chromium(), args=options)
    yield started
    started.close()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A server of the other site's, which is no part of StackBot; the address of its page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{_EVIL}:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def page(foreign_browser: Browser) -> Iterator[Page]:
    context = foreign_browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def emulator(local: Local) -> dict[str, str]:
    """The variables of the emulator's process, which another user could not read."""
    (found,) = (
        variables
        for pid in descendants(local.pid)
        if "MINISTACK_ACCOUNT_ID" in (variables := environment(pid))
        and "AWS_LAMBDA_FUNCTION_NAME" not in variables
    )
    return found


def test_everything_listens_on_loopback_alone(listening: list[Listener]) -> None:
    commands = " ".join(listener.command for listener in listening)
    assert "scripts.local.emulator_server" in commands
    assert " local " in commands
    assert [listener for listener in listening if not listener.on_loopback] == []


def test_a_page_of_another_site_reads_nothing_and_changes_nothing(
    local: Local, ports: list[int], page: Page, site: str, emulator: dict[str, str], tmp_path: Path
) -> None:
    page.goto(site)
    read = _attack(page, "127.0.0.1", ports, tmp_path) + _attack(page, "localhost", ports, tmp_path)
    gains = [*read, *_effects(local, emulator, tmp_path)]
    assert not gains, "\n".join(gains)


def test_a_page_whose_name_was_rebound_to_this_machine_reads_nothing_and_changes_nothing(
    local: Local, ports: list[int], page: Page, emulator: dict[str, str], tmp_path: Path
) -> None:
    read = []
    for port in ports:
        url = f"http://{_EVIL}:{port}/rebound"
        page.route(url, lambda route: route.fulfill(body=_PAGE, content_type="text/html"))
        page.goto(url)
        read += _attack(page, _EVIL, [port], tmp_path)
    gains = [*read, *_effects(local, emulator, tmp_path)]
    assert not gains, "\n".join(gains)


def test_the_page_is_not_shown_in_a_frame_of_another_site(
    local: Local, page: Page, site: str
) -> None:
    page.goto(site)
    with page.expect_response(f"{local.url}/") as answer:
        page.evaluate(
            "url => { document.body.innerHTML = `<iframe src='${url}'></iframe>` }", local.url
        )
    assert answer.value.status == 403


def test_a_link_from_another_site_leads_to_the_page(local: Local, page: Page, site: str) -> None:
    page.goto(site)
    page.evaluate("url => { document.body.innerHTML = `<a href='${url}'>chat</a>` }", local.url)
    page.get_by_role("link").click()
    page.get_by_role("main").get_by_role("textbox").wait_for()


def _attack(page: Page, host: str, ports: list[int], folder: Path) -> list[str]:
    page.add_script_tag(content=ATTACKS)
    page.evaluate("lambda => { window.lambda = lambda }", _lambda(folder))
    read: list[str] = []
    for port in ports:
        run = f"evil{port}{host.replace('.', '')}"
        answers = page.evaluate("([h, p, r]) => attack(h, p, r)", [host, port, run])
        read += [f"read {host}:{port} {answer[:120]}" for answer in answers]
    return read


def _effects(local: Local, emulator: dict[str, str], folder: Path) -> list[str]:
    """What was changed on the machine, of all that was tried."""
    functions = _client(emulator, "lambda").list_functions()["Functions"]
    users = _client(emulator, "iam").list_users()["Users"]
    # The key is there to be read, by those who have the secret.
    parameter = _client(emulator, "ssm").get_parameter(Name=_PARAMETER, WithDecryption=True)
    assert parameter["Parameter"]["Value"] == KEY
    return [
        *(f"created {one['FunctionName']}" for one in functions if "evil" in one["FunctionName"]),
        *(f"created user {one['UserName']}" for one in users),
        *(f"ran code: {path.name}" for path in folder.iterdir()),
        *(f"posted {one.text}" for one in local.slack.messages("#general") if "evil" in one.text),
    ]


def _client(emulator: dict[str, str], service: str) -> Any:
    make: Any = boto3.client
    return make(
        service,
        region_name=REGION,
        endpoint_url=f"http://127.0.0.1:{emulator['GATEWAY_PORT']}",
        aws_access_key_id=emulator["MINISTACK_ACCOUNT_ID"],
        aws_secret_access_key="not-a-secret",
        aws_session_token=emulator.get("AWS_SESSION_TOKEN"),
    )


def _lambda(folder: Path) -> dict[str, Any]:
    """What creates a function that leaves a file as a sign that it ran."""
    code = f"import pathlib\ndef handler(*_):\n    pathlib.Path({str(folder / 'ran')!r}).touch()\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("evil.py", code)
    return {
        "Runtime": "python3.13",
        "Handler": "evil.handler",
        "Role": "arn:aws:iam::000000000001:role/evil",
        "Code": {"ZipFile": base64.b64encode(packed.getvalue()).decode()},
    }


_PAGE = "<!DOCTYPE html><title>Another site</title><body></body>"


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(_PAGE.encode())

    def log_message(self, *_: object) -> None:
        """Nobody asks."""
