"""Behind a company's proxy: what is on this machine is reached without it, the rest by it."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from scripts.local.ports import free_port
from scripts.local.proxies import for_lambdas, spare_loopback
from slack_simulator.scripted_model import Answering, ModelServer
from tests.end_to_end.running import ROOT

ANSWER = "Run `./stackbot deploy staging` [1]."


def ask(proxy: str, **shell: str) -> Mapping[str, object]:
    """The outcome of one question to the whole stack, in a shell where everything has a proxy."""
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    proxies = {n: proxy for name in names for n in (name, name.lower())}
    kept = {n: v for n, v in os.environ.items() if not n.lower().endswith("_proxy")}
    command: list[str | Path] = [
        ROOT / "stackbot",
        "local",
        "--json",
        "--ask",
        "How do I deploy to staging?",
    ]
    done = subprocess.run(
        command, env={**kept, **proxies, **shell}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    outcome: Mapping[str, object] = json.loads(done.stdout)
    return outcome


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        server.otherwise = ANSWER
        yield server


def test_a_dead_proxy_does_not_keep_the_local_stack_from_answering(model: ModelServer) -> None:
    outcome = ask(
        f"http://127.0.0.1:{free_port()}",
        OPENAI_BASE_URL=model.url,
        OPENAI_API_KEY="not-a-real-key",
        OPENAI_MODEL="scripted",
    )
    assert "./stackbot deploy staging" in str(outcome["answer"])
    assert len(model.requests) == 1


def test_a_model_elsewhere_is_asked_by_the_proxy(model: ModelServer) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as proxy:
        proxy.model = model  # type: ignore[attr-defined]
        Thread(target=proxy.serve_forever, daemon=True).start()
        outcome = ask(
            f"http://127.0.0.1:{proxy.server_port}",
            OPENAI_BASE_URL="http://model.example/v1",
            OPENAI_API_KEY="not-a-real-key",
            OPENAI_MODEL="scripted",
        )
        proxy.shutdown()
    assert "./stackbot deploy staging" in str(outcome["answer"])
    assert [headers["host"] for headers in model.headers] == ["model.example"]


def test_what_the_user_has_excepted_from_the_proxy_stays_so() -> None:
    shell = {
        "HTTPS_PROXY": "http://proxy.corp.example:3128",
        "NO_PROXY": ".corp.example, localhost",
    }
    spare_loopback(shell)
    assert shell["NO_PROXY"] == shell["no_proxy"] == ".corp.example,localhost,127.0.0.1,::1"
    assert for_lambdas(shell) == {
        "ALL_PROXY": "http://proxy.corp.example:3128",
        "NO_PROXY": ".corp.example,localhost,127.0.0.1,::1",
        "no_proxy": ".corp.example,localhost,127.0.0.1,::1",
    }


def test_without_a_proxy_nothing_is_set() -> None:
    """On macOS a NO_PROXY alone would have Python overlook the proxy of the system's settings."""
    shell = {"PATH": "/bin", "HTTP_PROXY": ""}
    spare_loopback(shell)
    assert shell == {"PATH": "/bin", "HTTP_PROXY": ""}
    assert for_lambdas(shell) == {}
