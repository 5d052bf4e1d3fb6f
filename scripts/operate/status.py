"""`./stackbot status`: whether an environment is well, in one look."""

import argparse
from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape

from scripts.aws import deployment
from scripts.operate.health import examine
from scripts.operate.health.finding import Finding
from scripts.terminal.steps import step


def run(options: argparse.Namespace) -> int:
    """Print what was found. Returns 0 where all is well, and 1 where something is not."""
    with deployment.deployed(options.environment) as deployed, step(f"Health of {deployed.stack}"):
        found = examine(deployed)
    well = all(finding.well for finding in found.values())
    if options.json:
        told = {name: {"well": one.well, **one.figures} for name, one in found.items()}
        options.json.print({"well": well, **told})
    else:
        _print(found)
    return 0 if well else 1


def _print(found: Mapping[str, Finding]) -> None:
    console = Console(highlight=False)
    for name, finding in found.items():
        mark = "[green]✓[/]" if finding.well else "[red]✗[/]"
        console.print(
            f"  {mark} {name.replace('_', ' '):<20}{escape(finding.told)}", soft_wrap=True
        )
