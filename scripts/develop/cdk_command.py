"""`./stackbot cdk …`: the pinned CDK command line, in the account of the environment it names."""

import argparse
import json
import os
import re
from collections.abc import Sequence
from contextlib import suppress

from infra.names import stack_name
from scripts.aws import deployment
from scripts.aws.cdk import ROOT, become_cdk
from scripts.aws.deployment import NotDeployed
from scripts.develop import hotswap

# Commands that act on the account, of https://docs.aws.amazon.com/cdk/v2/guide/ref-cli-cmd.html
_CALLS_AWS = {"bootstrap", "deploy", "destroy", "diff", "drift", "import", "rollback", "watch"}
_SWAPS = re.compile(r"--(hotswap|watch)", re.IGNORECASE)  # "--hotswap-fallback"
_STACK = re.compile(rf"{stack_name('')}([a-z0-9-]+)")  # "stackbot-dev"
_CONTEXT = re.compile(r"(?:-c=?|--context=)?env=(.*)")  # "env=dev" behind "-c", "--context=env=dev"


def run(options: argparse.Namespace) -> int:
    """Become the CDK command line. Raises `Problem` where the environment refuses."""
    arguments: list[str] = options.arguments
    stacks, contexts = _matches(_STACK, arguments), _matches(_CONTEXT, arguments)
    names = [*stacks, *contexts] or [_default_environment()]
    if swaps(arguments):
        for name in names:
            _check(name)
        if not stacks:  # else the context could name another environment than the checked one
            arguments = [*arguments, stack_name(names[-1])]
    if stacks and not contexts:
        arguments = [*arguments, "-c", f"env={stacks[0]}"]
    if arguments[:1] and arguments[0] in _CALLS_AWS:
        with deployment.account(names[-1]) as account:
            become_cdk(*arguments, variables=account.variables)
    shell = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    become_cdk(*arguments, variables=shell)


def swaps(arguments: Sequence[str]) -> bool:
    """Whether the command would swap code behind CloudFormation's back."""
    return "watch" in arguments or any(map(_SWAPS.match, arguments))


def _check(name: str) -> None:
    hotswap.check_row(name)
    with deployment.account(name) as account, suppress(NotDeployed):
        hotswap.check_stack(deployment.deployed_in(account))


def _matches(pattern: re.Pattern[str], arguments: Sequence[str]) -> list[str]:
    return [match[1] for argument in arguments if (match := pattern.fullmatch(argument))]


def _default_environment() -> str:
    return str(json.loads((ROOT / "cdk.json").read_text())["context"]["env"])
