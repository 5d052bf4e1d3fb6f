"""The CDK's cloud assembly of one environment, compared with what is deployed of it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from rich.markup import escape

from infra.names import stack_name
from scripts.aws.account import Account
from scripts.aws.cdk import ROOT, CdkError, cdk, run
from scripts.deploy import cloudformation
from scripts.deploy.cloudformation import Stack
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say

Json = dict[str, Any]
_LOG = ".stackbot/deploy.log"
_SIGNS = ("❌", "fail:", "Error:", "error:", "failed")
"""What marks the line of a command's output that says what failed; earlier signs win."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """The synthesised stack in a folder of its own, and the parameters to deploy it with."""

    account: Account
    folder: Path
    parameters: Mapping[str, str]

    @classmethod
    def build(cls, account: Account, folder: Path, parameters: Mapping[str, str]) -> Self:
        """Synthesise, without a call to AWS, and print its warnings. Raises `Problem`."""
        with _gist_alone(account):
            app = ("infra.app", str(folder), f"env={account.row.name}")
            for line in run(*app, variables=account.variables).splitlines():
                say(f"  [yellow]![/] {escape(line)}")
        return cls(account, folder, parameters)

    @property
    def template(self) -> Json:
        name = stack_name(self.account.row.name)
        return dict(json.loads((self.folder / f"{name}.template.json").read_text()))

    def is_deployed(self, stack: Stack) -> bool:
        """Whether the stack is made from this already. (The CDK takes five seconds to tell.)"""
        return (
            stack.settled
            and stack.protected == self.account.row.termination_protection
            and all(stack.parameters.get(name) == value for name, value in self._decided.items())
            and cloudformation.template(self.account, stack) == self.template
        )

    def moved(self, stack: Stack) -> dict[str, str]:
        """The parameters naming the live versions, where they differ from the stack's."""
        return {
            name: value
            for name, value in self.parameters.items()
            if name not in self._decided and stack.parameters.get(name, value) != value
        }

    def difference(self) -> str:
        """What a deployment would change, as `cdk diff` prints it."""
        return self._cdk("diff", "--method=template")

    def deploy(self) -> None:
        """Deploy the stack. Raises `Problem` with the first failure."""
        parameters = [f"--parameters={name}={value}" for name, value in self.parameters.items()]
        self._cdk("deploy", "--method=direct", "--require-approval=never", *parameters)

    @property
    def _decided(self) -> dict[str, str]:
        """The parameters that a deployment sets; a release sets those of live versions."""
        return {name: value for name, value in self.parameters.items() if name[:4] != "Live"}

    def _cdk(self, command: str, *arguments: str) -> str:
        app = ("--app", str(self.folder))
        with _gist_alone(self.account):
            return cdk(command, *app, *arguments, variables=self.account.variables)


def bootstrap(account: Account, folder: Path) -> None:
    """Create or update the CDK's own stack, from a folder without an app to synthesise."""
    place = f"aws://{account.number}/{account.region}"
    with _gist_alone(account):
        cdk("bootstrap", place, variables=account.variables, folder=folder)


@contextmanager
def _gist_alone(account: Account) -> Iterator[None]:
    """Raise `Problem` with the first failure; the whole output goes to a log."""
    try:
        yield
    except CdkError as error:
        (ROOT / _LOG).write_text(f"{error}\n")
        first = cloudformation.failure(account) if "Failed resources:" in str(error) else ""
        raise Problem(f"{first or _gist(str(error))} (All of it: {_LOG})") from None


def _gist(printed: str) -> str:
    """The line of a failed command's output that says what failed."""
    lines = [" ".join(line.split()) for line in printed.splitlines()[1:]]
    matches = (line for sign in _SIGNS for line in lines if sign in line)
    return next(matches, lines[-1] if lines else printed)
