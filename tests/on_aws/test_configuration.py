"""Configuration tokens: asked for once, renewed by one command at a time, never used twice.

node-slack-sdk #1622: how is a CI to change an app, when its token lasts 12 hours?
"""

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk import WebClient

from infra.environments import SLUG
from scripts.aws import store
from scripts.aws.account import Account
from scripts.slack.configuration import PARAMETER, with_token
from scripts.slack.lock import lock
from scripts.terminal.problem import Problem
from slack_simulator import Control, Simulator
from tests.on_aws.conftest import Cloud
from tests.on_aws.fresh import account, simulator, slack

__all__ = ["account", "simulator", "slack"]

HOURS = 3_600.0
COUNTED = ("tooling.tokens.rotate", "apps.manifest.create")


def use(account: Account) -> Any:
    """Have a command do something with the configuration token."""
    found: list[str] = []

    def look(client: WebClient) -> Any:
        found.append(client.token or "")
        return client.apps_manifest_validate(manifest={"display_information": {"name": "Rook"}})

    with_token(account, "Look", look)
    return found[-1]


def rotations(slack: Control) -> int:
    return sum(call.ok for call in slack.calls("tooling.tokens.rotate"))


def kept(account: Account) -> dict[str, Any]:
    return dict(json.loads(store.read(account, PARAMETER) or "{}"))


def age(account: Account, seconds: float) -> None:
    """Let the kept token be older by so much, by our clock."""
    pair = kept(account)
    pair["expires_at"] -= seconds
    store.write(account, PARAMETER, json.dumps(pair))


def test_ctrl_c_while_it_is_exchanged_loses_nothing(
    account: Account, slack: Control, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = slack.configure("ada")
    monkeypatch.setenv("SLACK_CONFIG_REFRESH_TOKEN", pair["refresh_token"])

    def press_ctrl_c(_place: object, method: str, _body: object) -> None:
        if method == "tooling.tokens.rotate":
            os.kill(os.getpid(), signal.SIGINT)

    simulator.be_judged(press_ctrl_c)
    with pytest.raises(KeyboardInterrupt):
        use(account)
    simulator.be_judged(None)
    monkeypatch.delenv("SLACK_CONFIG_REFRESH_TOKEN")
    assert use(account) == kept(account)["token"]
    assert rotations(slack) == 1


def test_a_ci_is_given_a_token_once_and_renews_it_for_ever(
    account: Account, slack: Control
) -> None:
    """node-slack-sdk #1622. The variable stays as it was: its refresh token was used long ago."""
    first = use(account)
    for _day in range(3):
        slack.skip(24 * HOURS)
        age(account, 24 * HOURS)
        assert use(account) != first
    assert rotations(slack) == 4


def test_a_token_is_renewed_only_when_it_is_about_to_end(account: Account, slack: Control) -> None:
    first = use(account)
    age(account, 11.5 * HOURS)
    assert use(account) == first
    age(account, 0.4 * HOURS)
    assert use(account) != first
    assert rotations(slack) == 2


def test_a_token_that_slack_ends_early_is_renewed_all_the_same(
    account: Account, slack: Control
) -> None:
    first = use(account)
    slack.skip(13 * HOURS)
    assert use(account) != first


def test_the_new_pair_is_kept_before_it_is_used(account: Account, slack: Control) -> None:
    slack.fault("api", "error", "apps.manifest.*")
    with pytest.raises(Problem, match="internal_error"):
        use(account)
    assert kept(account)["token"] == use(account)
    assert rotations(slack) == 1


def test_a_pair_lost_on_its_way_is_said_and_replaced(
    account: Account,
    slack: Control,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    use(account)
    age(account, 12 * HOURS)
    slack.fault("api", "lose_ack", "tooling.tokens.rotate")
    with pytest.raises(Problem, match="Slack cannot be reached"):
        use(account)

    with pytest.raises(Problem, match="each is good once: generate a new pair"):
        use(account)
    monkeypatch.setenv("SLACK_CONFIG_REFRESH_TOKEN", slack.configure("ada")["refresh_token"])
    assert use(account) == kept(account)["token"]
    said = " ".join(capsys.readouterr().err.split())
    assert "is used up: a command was interrupted while renewing it" in said


def test_a_token_of_another_workspace_is_refused(
    account: Account, slack: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(account)
    monkeypatch.setenv("SLACK_CONFIG_REFRESH_TOKEN", slack.configure("ada")["refresh_token"])
    before = kept(account)
    elsewhere = replace(account, row=replace(account.row, workspace="T0ELSEWHERE"))
    with pytest.raises(Problem, match="is of the workspace T0SAMPLE, and"):
        use(elsewhere)
    assert kept(account) == before
    monkeypatch.setenv("SLACK_CONFIG_REFRESH_TOKEN", slack.configure("ada")["token"])
    with pytest.raises(Problem, match="That is the access token"):
        use(elsewhere)


def test_a_lock_is_held_by_one_at_a_time(account: Account) -> None:
    seen: list[int] = []

    def work(number: int) -> None:
        with lock(account, "a-lock", "testing"):
            seen.append(number)
            store.read(account, "something")
            seen.append(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(8)))
    assert sorted(seen[::2]) == list(range(8))
    assert seen[::2] == seen[1::2]


def test_a_dead_commands_lock_is_taken_over_by_one(account: Account) -> None:
    dead = json.dumps({"until": time.time() - 1})
    store.write(account, "a-lock/7", dead, secret=False)
    test_a_lock_is_held_by_one_at_a_time(account)
    assert store.read(account, "a-lock/7") is None
    assert json.loads(store.read(account, "a-lock/15") or "") == {"until": 0}


def test_commands_at_once_use_no_refresh_token_twice_and_make_one_app(cloud: Cloud) -> None:
    workspace, name = cloud.slack("dev"), "dev-both"
    workspace.set_limits(rates=False)
    given = {"SLACK_CONFIG_REFRESH_TOKEN": workspace.configure("ada")["refresh_token"]}

    def at_once(*command: str) -> list[int]:
        with ThreadPoolExecutor(2) as pool:
            tries = [pool.submit(cloud.run, *command, caller="dev", **given) for _ in range(2)]
        done = [one.result() for one in tries]
        assert all("say --new" in one.stderr for one in done if one.returncode)
        assert all(xoxe not in one.stdout + one.stderr for one in done for xoxe in given.values())
        return sorted(one.returncode for one in done)

    before = {method: len(workspace.calls(method)) for method in COUNTED}

    def since(method: str) -> list[bool]:
        return [call.ok for call in workspace.calls(method)[before[method] :]]

    assert at_once("app", "create", name)[0] == 0
    assert {method: since(method) for method in COUNTED} == {key: [True] for key in COUNTED}

    ssm, parameter = cloud.client("dev", "ssm"), f"/{SLUG}/{name}/{PARAMETER}"
    pair = json.loads(ssm.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"])
    expired = json.dumps(pair | {"expires_at": 0})
    ssm.put_parameter(Name=parameter, Value=expired, Type="SecureString", Overwrite=True)
    assert at_once("app", "diff", name) == [0, 0]
    assert since("tooling.tokens.rotate") == [True, True]
