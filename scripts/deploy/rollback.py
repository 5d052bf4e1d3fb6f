"""Takes the last release of an environment back: what was live before it is live again."""

import argparse

from scripts.aws.deployment import deployed
from scripts.deploy import rollout
from scripts.terminal.prompt import agree
from scripts.terminal.steps import say


def run(options: argparse.Namespace) -> int:
    """Run `./stackbot rollback` and return its exit status. Raises `Problem`."""
    with deployed(options.environment) as found:
        before = rollout.before(found)
        agree(f"Make {before} live again in {options.environment}?", options.yes)
        rollout.go_back(found, before)
    say(
        f"  {options.environment} is live at {before} again. The next ./stackbot deploy"
        f" {options.environment} switches to the newest once more."
    )
    return 0
