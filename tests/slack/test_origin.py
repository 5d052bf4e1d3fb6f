"""What is signed for another installation, or names an address elsewhere, is told by its body."""

from typing import Any

import pytest

from bot.runtime.worker_settings import SlackSettings
from bot.slack.origin import is_response_url, may_have_token, why_foreign
from tests.slack_requests import button, command, event_callback, mention, submission

SLACK = "https://slack.com/api/"
SIMULATOR = "http://127.0.0.1:8030/api/"
OURS = SlackSettings("xoxb-fake", "B1", "UBOT", "T1", "A1", "E1")
OLD = SlackSettings("xoxb-fake", "B1", "UBOT", "T1")
"""As it was stored before apps and organisations were compared."""

# https://docs.slack.dev/apis/events-api: an event of a channel shared by Slack Connect, whose outer
# `team_id` and author may be of the other company.
SHARED = {
    "token": "z26uFbvR1xHJEdHE1OQiO6t8",
    "team_id": "T061EG9RZ",
    "api_app_id": "A1",
    "event": {"type": "app_mention", "user": "U061F1EUR", "channel": "C061EG9SL", "ts": "1.1"},
    "type": "event_callback",
    "authorizations": [
        {"enterprise_id": "E1", "team_id": "T1", "user_id": "UBOT", "is_bot": True},
    ],
    "is_ext_shared_channel": True,
    "context_team_id": "T061EG9RZ",
}
RESPONSE = "https://hooks.slack.com/commands/T0001/397700885554/96rGlfmibIGlgcZRskXaIFfN"


@pytest.mark.parametrize("slack", [OURS, OLD])
@pytest.mark.parametrize(
    "body",
    [
        SHARED,
        event_callback(mention()),
        button(),
        submission(),
        command(response_url=RESPONSE),
        submission(view={"id": "V1", "app_installed_team_id": "T1"}, team={"id": "T9"}),
        event_callback({"type": "app_uninstalled"}, authorizations=[]),
    ],
)
def test_what_slack_delivers_to_this_installation_is_let_in(
    body: dict[str, Any], slack: SlackSettings
) -> None:
    assert why_foreign(body, slack) is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (event_callback(mention(), authorizations=[{"team_id": "T9"}]), "team"),
        (event_callback(mention(), authorizations=[], team_id="T9"), "team"),
        (event_callback(mention(), api_app_id="A9"), "app"),
        (button(team={"id": "T9"}), "team"),
        (button(api_app_id="A9"), "app"),
        (command(team_id="T9"), "team"),
        (submission(view={"id": "V1", "app_installed_team_id": "T9"}), "team"),
        (
            event_callback(mention(), authorizations=[{"team_id": "T1", "enterprise_id": "E9"}]),
            "enterprise",
        ),
        (event_callback(mention(user="U1> <!channel> <@U2")), "ids"),
        (button(container={"channel_id": "#general", "message_ts": "1.5"}), "ids"),
        (command(response_url="https://evil.example/"), "response_url"),
        (command(response_url="http://127.0.0.1:8030/response/1"), "response_url"),
        (button(response_url=["https://hooks.slack.com/actions/T1"]), "response_url"),
    ],
)
def test_what_is_anothers_is_told_by_a_word(body: dict[str, Any], why: str) -> None:
    assert why_foreign(body, OURS) == why


def test_a_whole_organisations_app_hears_from_each_of_its_workspaces() -> None:
    ours = {"team_id": "T7", "enterprise_id": "E1", "is_enterprise_install": True}
    of_another = ours | {"enterprise_id": "E9"}
    assert why_foreign(event_callback(mention(), authorizations=[ours]), OURS) is None
    assert why_foreign(event_callback(mention(), authorizations=[of_another]), OURS) == "team"
    assert why_foreign(command(team_id="T7", enterprise_id="E9"), OURS) == "team"


@pytest.mark.parametrize(
    "url",
    [
        RESPONSE,
        "https://hooks.slack.com/actions/T47563693/6204672533/x7ZLaiVMoECAW50Gw1ZYAXEM",
        "https://hooks.slack-gov.com/app/T0001/1/a",
    ],
)
def test_slacks_own_response_urls_are_used(url: str) -> None:
    assert is_response_url(url, SLACK)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/commands/1",
        "https://hooks.slack.com.evil.example/1",
        "https://hooks.slack.com@evil.example/1",
        "https://evil.example/hooks.slack.com/1",
        "https://hooks.slack.com:8443/1",
        "https://user@hooks.slack.com/1",
        "https://hooks.slack.com\\@evil.example/1",
        "https://hooks.slack.com\t.evil.example/1",
        "https://hooks.slack.com/1\r\nHost: evil.example",
        "https://slack.com/api/chat.postMessage",
        "https://hooks.slack.com/1?to=https://evil.example",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "",
        None,
        7,
    ],
)
def test_nothing_else_is_a_response_url(url: object) -> None:
    assert not is_response_url(url, SLACK)
    assert not is_response_url(url, SIMULATOR)


def test_a_simulators_response_urls_are_used_where_the_settings_name_it_alone() -> None:
    url = "http://127.0.0.1:8030/response/1"
    assert is_response_url(url, SIMULATOR)
    assert not is_response_url(url, SLACK)
    assert not is_response_url("http://127.0.0.1:80301/response/1", SIMULATOR)
    assert not is_response_url("http://127.0.0.1:8030@evil.example/1", SIMULATOR)


@pytest.mark.parametrize(
    "url",
    [
        "https://files.slack.com.evil.example/a",
        "https://files.slack.com\\@evil.example/a",
        "https://evil.example\\@files.slack.com/a",
        "https://files.slack.com@evil.example/a",
        "https://evil.example\t.slack.com/a",
        "https://files.slack.com:8443/a",
        "https://notslack.com/a",
        "http://files.slack.com/a",
    ],
)
def test_the_token_is_for_slack_however_an_address_is_written(url: str) -> None:
    assert not may_have_token(url, SLACK)
    assert may_have_token("https://files.slack.com/files-pri/T1-F1/download/a.txt", SLACK)
