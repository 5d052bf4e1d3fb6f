"""The Slack app of `./stackbot socket`: what it is made from, and whether its tokens are right."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.environments import LOCAL, Environment
from scripts.develop.socket_mode.connection import Connection
from scripts.develop.socket_mode.own_app import Tokens, manifest
from scripts.terminal.problem import Problem
from slack_simulator import Simulator
from slack_simulator.apps.manifest import SAMPLE
from slack_simulator.apps.manifest_rules import errors

GOOD = {"SLACK_APP_TOKEN": "xapp-fake", "SLACK_BOT_TOKEN": "xoxb-fake"}


def at(url: str) -> Environment:
    """The row of an environment whose Slack has this URL."""
    return replace(LOCAL, slack_api_url=url)


@pytest.fixture(scope="module")
def slack() -> Iterator[Simulator]:
    with Simulator(manifest=manifest()) as simulator:
        yield simulator


def test_the_app_is_made_for_socket_mode_and_has_no_url() -> None:
    document = manifest()
    assert errors(document) == []
    assert document["settings"]["socket_mode_enabled"] is True
    assert "url" not in json.dumps(document)


def test_the_tokens_tell_who_the_bot_is(slack: Simulator) -> None:
    installation = Tokens.of_shell(GOOD).check(at(slack.api_url))
    assert json.loads(installation.parameter) == slack.credentials


def test_a_token_shows_nowhere() -> None:
    assert "fake" not in repr(Tokens.of_shell(GOOD))


@pytest.mark.parametrize(
    ("shell", "why"),
    [
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, r"SLACK_APP_TOKEN \(invalid_auth\).+connections:write"),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, r"SLACK_BOT_TOKEN \(invalid_auth\).+OAuth & Perm"),
        ({"SLACK_APP_TOKEN": "xoxb-fake"}, "SLACK_APP_TOKEN has to start with xapp-"),
        ({"SLACK_BOT_TOKEN": "xapp-fake"}, "SLACK_BOT_TOKEN has to start with xoxb-"),
    ],
)
def test_a_wrong_token_is_refused_with_where_the_right_one_is(
    slack: Simulator, shell: dict[str, str], why: str
) -> None:
    with pytest.raises(Problem, match=why) as refused:
        Tokens.of_shell(GOOD | shell).check(at(slack.api_url))
    assert "fake" not in str(refused.value)
    assert "wrong" not in str(refused.value)


def test_a_token_of_an_app_that_lacks_a_scope_is_refused() -> None:
    document = manifest()
    document["oauth_config"]["scopes"]["bot"].remove("commands")
    with (
        Simulator(manifest=document) as slack,
        pytest.raises(Problem, match="The app lacks commands"),
    ):
        Tokens.of_shell(GOOD).check(at(slack.api_url))


def test_where_guests_read_along_the_token_is_asked_for_group_direct_messages(
    slack: Simulator,
) -> None:
    row = replace(at(slack.api_url), guests_read_along=True)
    with pytest.raises(Problem, match=r"The app lacks mpim:read"):
        Tokens.of_shell(GOOD).check(row)
    with Simulator(manifest=manifest(row)) as granting:
        there = replace(row, slack_api_url=granting.api_url)
        assert Tokens.of_shell(GOOD).check(there).missing == []


def test_slack_out_of_reach_is_said_in_a_sentence() -> None:
    with pytest.raises(Problem, match="Slack cannot be reached"):
        Tokens.of_shell(GOOD).check(at("http://127.0.0.1:9/api/"))


def test_socket_mode_that_is_off_is_said_with_where_to_switch_it_on() -> None:
    with Simulator(manifest=SAMPLE) as slack:
        connection = Connection("xapp-fake", slack.api_url, lambda _: None)
        with pytest.raises(Problem, match="Socket Mode is off for this app: switch it on"):
            connection.open()
        connection.close()


def test_a_second_connection_says_that_each_hears_a_part(
    slack: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (Connection("xapp-fake", slack.api_url, lambda _: None) for _ in range(2))
    try:
        first.open()
        assert "each hears only a part" not in capsys.readouterr().err
        second.open()
        assert "each hears only a part" in capsys.readouterr().err
    finally:
        first.close()
        second.close()
