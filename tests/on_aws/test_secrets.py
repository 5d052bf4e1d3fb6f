"""Secrets are stored unseen, and tried before anybody relies on them."""

import json
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from infra.environments import SLUG
from scripts.aws import store
from scripts.aws.account import Account
from scripts.slack.parameters import findings, keep
from scripts.slack.slack_app import ensure
from scripts.terminal.problem import Problem
from slack_simulator import Control
from tests.on_aws.conftest import Cloud
from tests.on_aws.fresh import account, simulator, slack

__all__ = ["account", "simulator", "slack"]

SIGNING = "0123456789abcdef0123456789abcdef"


def states(account: Account) -> dict[str, str]:
    return {one.name: one.state for one in findings(account)}


def test_the_commands_store_from_a_pipe_and_tell_what_is_missing(cloud: Cloud) -> None:
    name = "dev-kept"
    piped = cloud.run(
        *("secrets", "set", name, "signing-secret"), caller="dev", answers=f"{SIGNING}\n"
    )
    assert piped.returncode == 0, piped.stderr
    found = cloud.client("dev", "ssm").get_parameter(
        Name=f"/{SLUG}/{name}/signing-secret", WithDecryption=True
    )["Parameter"]
    assert (found["Type"], found["Value"]) == ("SecureString", SIGNING)

    checked = cloud.run("secrets", "check", name, "--json", caller="dev")
    assert checked.returncode == 1
    assert {one["name"]: one["state"] for one in json.loads(checked.stdout)["secrets"]} == {
        "signing-secret": "good",
        "bot-token": "missing",
        "openai-api-key": "not needed",
        "configuration-token": "not needed",
    }
    told = cloud.run("secrets", "check", name, caller="dev")
    assert f"missing     ./stackbot secrets set {name} bot-token" in told.stdout
    assert (
        SIGNING not in piped.stdout + piped.stderr + checked.stdout + checked.stderr + told.stdout
    )

    nothing = cloud.run("secrets", "set", name, caller="dev")
    assert nothing.returncode == 1
    assert "set SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN, OPENAI_API_KEY" in nothing.stderr


def test_a_bots_token_is_stored_with_whose_it_is_and_tried_again_later(
    account: Account, slack: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = ensure(account, account.row, "")
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.install())
    keep(account)
    assert json.loads(store.read(account, "slack") or "") == {
        "bot_token": slack.install(),
        "bot_id": "B0SAMPLE",
        "bot_user_id": "U0SAMPLE",
        "team_id": "T0SAMPLE",
        "app_id": app.app_id,
    }
    assert states(account)["bot-token"] == "good"
    slack.renew_token()
    assert states(account)["bot-token"] == "refused"


def test_what_slack_refuses_is_not_stored(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-guessed")
    with pytest.raises(Problem, match=r"^Slack refuses auth\.test: invalid_auth$"):
        keep(account, "bot-token")
    assert states(account)["bot-token"] == "missing"


def test_slack_out_of_reach_is_told_apart_from_a_refusal(
    account: Account, slack: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure(account, account.row, "")
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.install())
    keep(account)
    slack.fault("api", "drop", "auth.test")
    assert states(account)["bot-token"] == "not known"


def test_a_models_key_is_tried_at_its_provider(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Provider("sk-good") as url:
        row = replace(account.row, model_provider="openai", model="m", model_url=url)
        asking = replace(account, row=row)
        assert states(asking)["openai-api-key"] == "missing"
        monkeypatch.setenv("OPENAI_API_KEY", "sk-bad")
        with pytest.raises(Problem, match="provider refuses the key"):
            keep(asking)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-good")
        keep(asking)
        assert states(asking)["openai-api-key"] == "good"
        store.write(asking, "openai-api-key", "sk-revoked")
        assert states(asking)["openai-api-key"] == "refused"
    assert states(asking)["openai-api-key"] == "not known"


class Provider:
    """A model's provider that takes one key."""

    def __init__(self, key: str) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                good = self.headers["Authorization"] == f"Bearer {key}"
                self.send_response(200 if good else 401)
                self.end_headers()
                self.wfile.write(b'{"data": [{"id": "m"}]}' if good else b"{}")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        serve: Callable[[], None] = self._server.serve_forever
        self._thread = Thread(target=serve)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
