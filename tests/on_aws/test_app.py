"""The Slack app of an environment: made, connected, installed, kept as the code wants it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk import WebClient

from infra.environments import LOCAL
from scripts.aws import store
from scripts.aws.account import Account
from scripts.slack import slack_app
from scripts.slack.manifest import manifest, scopes
from scripts.terminal.problem import Problem
from slack_simulator import Control, Simulator
from slack_simulator.recording_app import RecordingApp, running_app
from tests.on_aws.conftest import Cloud
from tests.on_aws.fresh import account, simulator, slack

__all__ = ["account", "simulator", "slack"]


@pytest.fixture
def bot() -> Iterator[RecordingApp]:
    with running_app() as app:
        yield app


def tool(simulator: Simulator) -> WebClient:
    """What another tool changes the app with."""
    token = simulator.control.configure("chiyo")["token"]
    return WebClient(token, base_url=simulator.api_url)


def ensured(account: Account, url: str = "") -> slack_app.SlackApp:
    return slack_app.ensure(account, account.row, url)


def test_an_app_is_made_then_connected_then_installed(
    account: Account, slack: Control, bot: RecordingApp
) -> None:
    made = ensured(account)
    assert made.lacks == "it is not installed yet"
    assert made.install_url == f"https://api.slack.com/apps/{made.app_id}/install-on-team"
    assert store.read(account, "signing-secret")

    connected = ensured(account, bot.url)
    assert connected == made
    told = slack.state()
    assert told["bot"]["name"] == "No app yet"

    slack_app.install(account, account.row, connected, slack.install())
    assert not ensured(account, bot.url).needs_install
    kept = json.loads(store.read(account, "slack") or "")
    assert set(kept) == {"bot_token", "bot_id", "bot_user_id", "team_id", "app_id"}
    assert slack.state()["bot"]["name"] == f"StackBot ({account.row.name})"
    slack.say("ada", "@bot", "hello")
    slack.until(bot.events)


def test_what_differs_in_nothing_is_not_changed(
    account: Account, slack: Control, bot: RecordingApp
) -> None:
    for _ in range(3):
        ensured(account, bot.url)
    assert len(slack.calls("apps.manifest.create")) == 1
    assert len(slack.calls("apps.manifest.update")) == 1


def test_what_somebody_changed_by_hand_is_told_and_mended_but_for_its_looks(
    account: Account, slack: Control, simulator: Simulator, bot: RecordingApp
) -> None:
    app = ensured(account, bot.url)
    hands = tool(simulator)
    theirs: Any = hands.apps_manifest_export(app_id=app.app_id)["manifest"]
    theirs["display_information"]["background_color"] = "#0a7f3f"
    theirs["oauth_config"]["scopes"]["bot"][0] = "reactions:read"
    theirs["features"]["slash_commands"][0]["usage_hint"] = "anything"
    theirs["features"]["bot_user"]["always_online"] = False
    hands.apps_manifest_update(app_id=app.app_id, manifest=theirs)

    found = slack_app.drift(account, account.row, app, bot.url)
    assert [str(one) for one in found] == [
        "features.bot_user.always_online: Slack has False, it should be True",
        "features.slash_commands[/ask].usage_hint: Slack has 'anything',"
        " it should be 'How do I …?'",
        f"oauth_config.scopes.bot: Slack lacks {scopes()[0]!r}",
        "oauth_config.scopes.bot: Slack has 'reactions:read', which nothing here needs",
    ]
    assert slack_app.sync(account, account.row, app, bot.url) == found
    assert slack_app.drift(account, account.row, app, bot.url) == []
    mended: Any = hands.apps_manifest_export(app_id=app.app_id)["manifest"]
    assert mended["display_information"]["background_color"] == "#0a7f3f"
    assert len(slack.calls("apps.manifest.update")) == 3


def test_a_new_scope_wants_another_click_and_no_other_token(
    account: Account, slack: Control, simulator: Simulator
) -> None:
    app = ensured(account)
    less = manifest("")
    less["oauth_config"]["scopes"]["bot"].remove("users:read")
    tool(simulator).apps_manifest_update(app_id=app.app_id, manifest=less)
    token = slack.install()
    with pytest.raises(Problem, match="The token lacks users:read: install the app again"):
        slack_app.install(account, account.row, app, token)

    slack_app.sync(account, account.row, app, "")
    slack.install()
    slack_app.install(account, account.row, app, token)
    assert slack_app.install(account, account.row, app).bot_token == token  # the one that is kept
    assert slack_app.looked_at(account, account.row, app).lacks == ""


def test_an_app_is_not_sent_to_a_url_that_would_fail_slacks_challenge(
    account: Account, slack: Control, bot: RecordingApp
) -> None:
    app = ensured(account)
    bot.statuses, bot.answer = [400], "no"
    with pytest.raises(Problem, match=r"prove itself, and it answered with status 400"):
        ensured(account, bot.url)
    assert slack.calls("apps.manifest.update") == []
    bot.forget()
    assert ensured(account, bot.url).app_id == app.app_id


def test_a_url_that_was_made_a_moment_ago_is_given_time(
    account: Account, slack: Control, bot: RecordingApp
) -> None:
    bot.statuses = [404, 503]  # as a new HTTP API, then a new role, answer on AWS
    ensured(account, bot.url)
    assert [call.ok for call in slack.calls("apps.manifest.update")] == [True]


def test_an_app_made_by_a_command_that_died_is_spoken_of(
    account: Account, slack: Control, capsys: pytest.CaptureFixture[str]
) -> None:
    slack.fault("api", "lose_ack", "apps.manifest.create")
    with pytest.raises(Problem, match="Slack cannot be reached"):
        ensured(account)
    made = ensured(account)
    assert made.app_id == "A0SAMPLE2"
    assert "An earlier command may have made an app" in " ".join(capsys.readouterr().err.split())


def test_a_deleted_app_is_not_made_again_unasked(
    account: Account, slack: Control, simulator: Simulator
) -> None:
    app = ensured(account)
    tool(simulator).apps_manifest_delete(app_id=app.app_id)
    with pytest.raises(slack_app.NoApp, match=r"app create dev-app\d+ --new"):
        slack_app.drift(account, account.row, app, "")
    again = slack_app.create(account, account.row)
    assert again.app_id != app.app_id
    assert slack_app.recorded(account) == again
    assert len(slack.calls("apps.manifest.create")) == 2


def test_an_app_stays_the_environments_until_another_is_made(
    account: Account, slack: Control
) -> None:
    app = slack_app.create(account, account.row)
    secret = store.read(account, "signing-secret")
    slack.fault("api", "error", "apps.manifest.create")
    with pytest.raises(Problem, match="internal_error"):
        slack_app.create(account, account.row)
    assert slack_app.recorded(account) == app
    assert store.read(account, "signing-secret") == secret
    assert slack_app.create(account, account.row).app_id != app.app_id


def test_an_app_that_somebody_made_by_hand_is_taken_over(
    account: Account, slack: Control, simulator: Simulator, bot: RecordingApp
) -> None:
    bare = {"display_information": {"name": "By hand"}}
    made: Any = tool(simulator).apps_manifest_create(manifest=bare)
    app = slack_app.adopt(account, account.row, made["app_id"])
    with pytest.raises(Problem, match=r"secrets set dev-app\d+ signing-secret"):
        slack_app.sync(account, account.row, app, bot.url)
    store.write(account, "signing-secret", made["credentials"]["signing_secret"])
    assert ensured(account, bot.url).app_id == made["app_id"]
    assert slack_app.drift(account, account.row, app, bot.url) == []
    assert len(slack.calls("apps.manifest.create")) == 1


def test_tokens_of_other_apps_and_workspaces_are_refused(
    account: Account, slack: Control, simulator: Simulator
) -> None:
    app = ensured(account)
    other = tool(simulator).apps_manifest_create(manifest=manifest(""))["app_id"]
    token = slack.install(other)
    with pytest.raises(Problem, match=f"the token of the app {other}, and"):
        slack_app.install(account, account.row, app, token)
    elsewhere = replace(account.row, workspace="T0ELSEWHERE")
    with pytest.raises(Problem, match="That bot is in the workspace T0SAMPLE"):
        slack_app.install(account, elsewhere, app, token)
    with pytest.raises(Problem, match="it begins with xoxb-"):
        slack_app.install(account, account.row, app, "xoxp-1")
    assert store.read(account, "slack") is None


def test_an_app_made_in_another_workspace_is_not_taken(
    account: Account, slack: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token from the shell says nothing of its workspace, until it has made an app there."""
    monkeypatch.setenv("SLACK_CONFIG_TOKEN", slack.configure("ada")["token"])
    elsewhere = replace(account.row, workspace="T0ELSEWHERE")
    with pytest.raises(Problem, match=r"in the workspace T0SAMPLE, .* delete it on https://"):
        slack_app.create(account, elsewhere)
    assert slack_app.recorded(account) is None


def test_slacks_rates_are_waited_for(
    account: Account, slack: Control, bot: RecordingApp, capsys: pytest.CaptureFixture[str]
) -> None:
    slack.set_limits(rates=True)
    slack.set_time_scale(15)  # a minute is four seconds, in which both calls come
    ensured(account, bot.url)
    ensured(account, f"{bot.url}/moved")
    assert [call.ok for call in slack.calls("apps.manifest.update")] == [True, False, True]
    assert "between such calls" in " ".join(capsys.readouterr().err.split())


def test_the_environment_of_this_machine_is_refused() -> None:
    with pytest.raises(Problem, match="name an environment on AWS"):
        slack_app.check_where(LOCAL)


def test_the_commands_make_tell_and_change_it(cloud: Cloud) -> None:
    workspace = cloud.slack("dev")
    workspace.set_limits(rates=False)
    token = workspace.configure("ada")["refresh_token"]
    made = cloud.run("app", "create", "dev-cli", "--json", caller="dev", answers=f"{token}\n")
    assert made.returncode == 0, made.stderr
    app = json.loads(made.stdout)
    assert "Your App Configuration Tokens" in " ".join(made.stderr.split())
    assert token not in made.stderr + made.stdout

    assert cloud.run("app", "open", "dev-cli", caller="dev").stdout.strip() == app["page"]
    same = cloud.run("app", "diff", "dev-cli", caller="dev")
    assert same.returncode == 0
    assert same.stdout.splitlines() == [
        "Slack has what the code wants.",
        f"Install it (it is not installed yet): {app['install_url']}",
    ]

    hands = WebClient(workspace.configure("chiyo")["token"], base_url=f"{workspace.url}/api/")
    theirs: Any = hands.apps_manifest_export(app_id=app["app_id"])["manifest"]
    theirs["display_information"]["name"] = "Rook"
    hands.apps_manifest_update(app_id=app["app_id"], manifest=theirs)
    differs = cloud.run("app", "diff", "dev-cli", "--json", caller="dev")
    assert differs.returncode == 1
    assert json.loads(differs.stdout)["differences"] == [
        {"path": "display_information.name", "slack": "Rook", "wanted": "StackBot (dev-cli)"}
    ]
    assert "display_information.name" in cloud.run("app", "sync", "dev-cli", caller="dev").stdout
    again = cloud.run("app", "create", "dev-cli", caller="dev")
    assert again.returncode == 1
    assert "say --new" in again.stderr


def test_no_app_yet_is_said(cloud: Cloud) -> None:
    done = cloud.run("app", "diff", "dev-nobody", caller="dev")
    assert done.returncode == 1
    assert "./stackbot app create dev-nobody" in done.stderr
