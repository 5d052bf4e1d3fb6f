"""`./stackbot verify ENV`: checks a deployment on the whole way from Slack to an answer."""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.markup import escape

from bot.runtime.build import hash_tree
from infra.names import ALIAS
from scripts.aws import deployment, store
from scripts.aws.cdk import ROOT
from scripts.aws.deployment import Deployed
from scripts.deploy import functions
from scripts.deploy.dry_run import rehearse
from scripts.deploy.versions import Versions
from scripts.slack import challenge, installation
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check. `detail` is what it read, or what is wrong and how to mend it."""

    check: str
    ok: bool
    detail: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {"check": self.check, "ok": self.ok, "told": self.detail, "seconds": self.seconds}


def run(options: argparse.Namespace) -> int:
    """Check one environment against this checkout; status 1 where anything is wrong."""
    with deployment.deployed(options.environment) as deployed:
        results = check_all(deployed, options.build or this_build())
    works = all(result.ok for result in results)
    if options.json:
        checks = [result.as_json() for result in results]
        options.json.print({"environment": options.environment, "ok": works, "checks": checks})
    return 0 if works else 1


def check_all(deployed: Deployed, build: str) -> list[CheckResult]:
    """Run all checks, in the order of a question's way, and print each result as it comes."""
    return [_check_one(deployed, name, check) for name, check in _checks(build)]


def this_build() -> str:
    """The id of this checkout's build."""
    return hash_tree(str(ROOT / "bot"))


def _check_one(deployed: Deployed, name: str, check: Callable[[Deployed], str]) -> CheckResult:
    started = time.monotonic()
    try:
        ok, detail = True, check(deployed)
    except Problem as problem:
        ok, detail = False, str(problem)
    seconds = time.monotonic() - started
    mark = "[green]✓[/]" if ok else "[red]✗[/]"
    say(f"  {mark} {name:<34} [dim]{seconds:5.1f} s[/]  {escape(detail)}")
    return CheckResult(name, ok, detail, round(seconds, 2))


def _checks(build: str) -> list[tuple[str, Callable[[Deployed], str]]]:
    return [
        ("Both functions run the build", lambda deployed: _run(deployed, build)),
        ("A signed request is answered", _is_answered),
        ("A badly signed one is refused", _is_refused),
        ("A question ends in an answer", _ends_in_an_answer),
        ("Slack takes the bot's token", _takes_the_token),
    ]


def _run(deployed: Deployed, build: str) -> str:
    client, live = deployed.client("lambda"), f":{ALIAS}" if deployed.publishes else ""
    for name in deployed.functions:
        running = functions.ping(client, name + live)
        if running != build:
            raise Problem(f"{name} runs {running}, not {build}: deploy this checkout.")
    return build


def _is_answered(deployed: Deployed) -> str:
    secret = store.read(deployed.account, "signing-secret")
    if not secret:
        raise Problem(f"There is no signing secret: run ./stackbot deploy {deployed.row.name}")
    if wrong := challenge.problem(deployed.request_url, secret.strip()):
        raise Problem(f"{deployed.request_url}: {wrong}.")
    return deployed.request_url


def _is_refused(deployed: Deployed) -> str:
    """Who knows the URL alone must not be able to make the bot say something."""
    status = challenge.answer(deployed.request_url, "not-the-secret")
    if status != "401":
        raise Problem(f"{deployed.request_url} answers it: {status or 'as if it were signed'}.")
    return ""


def _ends_in_an_answer(deployed: Deployed) -> str:
    """In a dry run: nobody sees the question or the answer."""
    live = Versions.live(deployed) if deployed.publishes else Versions("$LATEST", "$LATEST")
    answer = rehearse(deployed, live, live)
    return f"in quotes: {answer['without_model']}" if answer["without_model"] else ""


def _takes_the_token(deployed: Deployed) -> str:
    token = installation.stored(deployed.account)
    if not token:
        raise Problem(f"There is no bot token: run ./stackbot deploy {deployed.row.name}")
    bot = installation.identify(deployed.row, token)
    if deployed.row.workspace not in ("", bot.team_id):
        raise Problem(f"It is of the workspace {bot.team_id}, not {deployed.row.workspace}.")
    return f"workspace {bot.team_id}"
