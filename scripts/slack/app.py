"""`./stackbot app create|sync|diff|open`: the Slack app of an environment, as the code wants it."""

import argparse
import sys
import webbrowser
from dataclasses import asdict

from scripts.aws import deployment
from scripts.aws.account import Account
from scripts.slack import slack_app
from scripts.slack.drift import Difference
from scripts.slack.slack_app import SlackApp
from scripts.terminal.json_output import JsonOutput
from scripts.terminal.problem import Problem


def run(options: argparse.Namespace) -> int:
    """Run one of the actions. Returns 1 where `diff` finds a difference."""
    act = {"create": _create, "sync": _sync, "diff": _diff, "open": _open}[options.action]
    with deployment.account(options.environment) as account:
        slack_app.check_where(account.row)
        return act(account, options)


def _create(account: Account, options: argparse.Namespace) -> int:
    row, there = account.row, slack_app.recorded(account)
    if options.adopt:
        app = slack_app.adopt(account, row, options.adopt)
    elif there and not options.new:
        raise Problem(
            f"{row.name} has the Slack app {there.app_id} ({there.page}). To make another in its"
            " place, say --new."
        )
    else:
        app = slack_app.create(account, row)
    if url := _request_url(account):
        slack_app.sync(account, row, app, url)
    return _tell(slack_app.looked_at(account, row, app), [], options.json, connected=bool(url))


def _sync(account: Account, options: argparse.Namespace) -> int:
    row, app = account.row, slack_app.require(account)
    changed = slack_app.sync(account, row, app, _request_url(account))
    return _tell(slack_app.looked_at(account, row, app), changed, options.json)


def _diff(account: Account, options: argparse.Namespace) -> int:
    row, app = account.row, slack_app.require(account)
    differences = slack_app.drift(account, row, app, _request_url(account))
    looked_at = slack_app.looked_at(account, row, app)
    if options.json:
        options.json.print(_as_json(looked_at, differences))
    else:
        print("\n".join(map(str, differences)) or "Slack has what the code wants.")
        _tell_what_it_lacks(looked_at)
    return 1 if differences else 0


def _open(account: Account, options: argparse.Namespace) -> int:
    app = slack_app.require(account)
    if options.json:
        options.json.print(_as_json(app, []))
    else:
        print(app.page)
    if sys.stdout.isatty():
        webbrowser.open(app.page)
    return 0


def _request_url(account: Account) -> str:
    """The URL for Slack's requests, or "" before the first deployment."""
    try:
        return deployment.deployed_in(account).request_url
    except deployment.NotDeployed:
        return ""


def _tell(
    app: SlackApp,
    changed: list[Difference],
    output: JsonOutput | None,
    *,
    connected: bool = True,
) -> int:
    if output:
        output.print(_as_json(app, changed))
        return 0
    print(f"{app.app_id}  {app.page}")
    for difference in changed:
        print(f"  changed {difference.path}")
    if not connected:
        print("Next: deploy, which tells it where the bot is and has you install it.")
    else:
        _tell_what_it_lacks(app)
    return 0


def _tell_what_it_lacks(app: SlackApp) -> None:
    if app.needs_install:
        print(f"Install it ({app.lacks}): {app.install_url}")


def _as_json(app: SlackApp, differences: list[Difference]) -> dict[str, object]:
    return {
        **asdict(app),
        "page": app.page,
        "install_url": app.install_url,
        "differences": [difference.as_json() for difference in differences],
    }
