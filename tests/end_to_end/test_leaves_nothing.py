"""`./stackbot local` from its first line to Ctrl-C: it serves, and leaves the machine as it was."""

import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scripts.local.ports import free_port, port_is_free
from tests.end_to_end.conftest import said
from tests.end_to_end.running import ROOT, Local, running


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Local]:
    """The one that runs for all tests here, until the last of them presses Ctrl-C."""
    folder = tmp_path_factory.mktemp("local")
    with running([ROOT / "stackbot", "local", "--port", str(port)], folder) as local:
        yield local


def test_it_prints_the_address_of_a_page(local: Local, port: int) -> None:
    assert local.url == f"http://127.0.0.1:{port}"
    with urllib.request.urlopen(local.url) as page:  # noqa: S310
        assert page.headers.get_content_type() == "text/html"
        assert b"<script" in page.read()


def test_a_question_asked_there_is_answered_from_the_documents(local: Local) -> None:
    asked = local.slack.say("ada", "#general", "<@bot> How do I deploy to staging?")
    answer = local.slack.wait_for_answer(asked.channel, asked.ts, 20)
    assert "deploy staging" in said(answer)
    assert "[1] Deploying" in answer.text


def test_a_second_one_on_the_same_port_says_so_and_offers_the_way_out(local: Local) -> None:
    port = urlsplit(local.url).port
    assert port
    second = subprocess.run(
        [ROOT / "stackbot", "local", "--port", str(port)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert second.returncode == 1
    (line,) = second.stderr.splitlines()
    assert line.startswith(f"Port {port} is taken")
    assert f"--port {port + 10}" in line
    assert second.stdout == ""
    assert local.slack.state()["bot"]


def test_ctrl_c_beside_an_open_page_leaves_no_process_no_port_and_no_file(
    local: Local, port: int
) -> None:
    bot = urlsplit(local.slack.state()["settings"]["request_url"])
    assert not port_is_free(port)
    with urllib.request.urlopen(f"{local.url}/control/feed") as page:  # noqa: S310
        assert page.readline()
        assert local.press_ctrl_c() == 130
    assert local.processes_left() == []
    assert [number for number in (port, bot.port or 0) if not port_is_free(number)] == []
    assert local.files_left() == []
    names = " ".join(process.command for process in local.started)
    assert "ministack-lambda-stackbot-local-worker" in names
    assert local.printed.splitlines()[-1].strip() == "Stopping …"


@pytest.mark.parametrize("moment", ["Slack simulator", "AWS emulator", "CDK synth"])
def test_what_is_terminated_before_it_is_ready_leaves_nothing_either(
    tmp_path: Path, moment: str
) -> None:
    with running([ROOT / "stackbot", "local", "--port", "0"], tmp_path) as local:
        local.wait_for(f"✓ {moment}")
        assert local.terminate() == 130
        assert_nothing_is_left_of(local)


def test_ctrl_c_in_the_middle_of_the_synth_leaves_nothing_either(tmp_path: Path) -> None:
    with running([ROOT / "stackbot", "local", "--port", "0"], tmp_path) as local:
        local.wait_for_process("lib/program.js")  # the part of CDK that runs in Node
        assert local.press_ctrl_c() == 130
        assert_nothing_is_left_of(local)


def assert_nothing_is_left_of(local: Local) -> None:
    assert local.processes_left() == []
    assert local.files_left() == []
    assert "Chat at" not in local.printed
    assert "Traceback" not in local.printed
