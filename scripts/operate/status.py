"""`./stackbot status`: whether an environment is well, in one look.

What AWS, the logs and the table say of it is asked for all at once.
"""

import argparse
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from bot.runtime.aws import AwsError
from scripts.aws import deployment
from scripts.aws.deployment import Deployed
from scripts.operate.health import Finding, code, surroundings, traffic
from scripts.terminal.problem import Problem
from scripts.terminal.steps import step

_CHECKS: Mapping[str, Callable[[Deployed], Finding]] = {
    "stack": code.stack,
    "ingress": code.ingress,
    "worker": code.worker,
    "queue": traffic.queue,
    "dead_letters": traffic.dead_letters,
    "ingress_last_hour": traffic.ingress_hour,
    "worker_last_hour": traffic.worker_hour,
    "questions": traffic.questions,
    "alarms": surroundings.alarms,
    "spending": surroundings.spending,
    "knowledge": surroundings.knowledge,
}


def run(options: argparse.Namespace) -> int:
    """Print the findings. Returns 0 where all is well, and 1 where something is not."""
    with deployment.deployed(options.environment) as deployed, step(f"Health of {deployed.stack}"):
        findings = _examine(deployed)
    well = all(finding.well for finding in findings.values())
    if options.json:
        parts = {name: {"well": part.well, **part.figures} for name, part in findings.items()}
        options.json.print({"well": well, **parts})
    else:
        _print(findings)
    return 0 if well else 1


def _examine(deployed: Deployed) -> dict[str, Finding]:
    """Return every finding by its name."""
    with ThreadPoolExecutor(len(_CHECKS)) as pool:
        futures = {name: pool.submit(_finding, check, deployed) for name, check in _CHECKS.items()}
        return {name: future.result() for name, future in futures.items()}


def _finding(check: Callable[[Deployed], Finding], deployed: Deployed) -> Finding:
    """What AWS refuses to tell is not well."""
    try:
        return check(deployed)
    except (BotoCoreError, ClientError, AwsError, Problem) as error:
        return Finding(f"cannot be read: {error}", False, {"error": str(error)})


def _print(findings: Mapping[str, Finding]) -> None:
    console = Console(highlight=False)
    for name, finding in findings.items():
        mark = "[green]✓[/]" if finding.well else "[red]✗[/]"
        console.print(
            f"  {mark} {name.replace('_', ' '):<20}{escape(finding.summary)}", soft_wrap=True
        )
