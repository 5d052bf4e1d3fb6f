"""`./stackbot rollback ENV`: switches back to the versions before the last release."""

import argparse

from scripts.aws import deployment
from scripts.deploy import rollout
from scripts.terminal.prompt import agree
from scripts.terminal.steps import say


def run(options: argparse.Namespace) -> int:
    """Run `./stackbot rollback` and return its exit status. Raises `Problem`."""
    with deployment.deployed(options.environment) as deployed:
        before = rollout.before(deployed)
        agree(f"Make {before} live again in {options.environment}?", options.yes)
        rollout.go_back(deployed, before)
    say(
        f"  {options.environment} is live at {before} again. The next ./stackbot deploy"
        f" {options.environment} switches to the newest once more."
    )
    return 0
