"""What this checkout would deploy of one environment, beside what is deployed of it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from rich.markup import escape

from scripts.aws.account import Account
from scripts.aws.cdk import ROOT, CdkError, cdk, run
from scripts.aws.deployment import stack_name
from scripts.deploy import cloudformation
from scripts.deploy.cloudformation import Stack
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say

Json = dict[str, Any]
_LOG = ".stackbot/deploy.log"
_SIGNS = ("❌", "fail:", "Error:", "error:", "failed")
"""How a line of a command's output begins to say what went wrong; the first that is found."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """The synthesised stack in a folder of its own, and the parameters to deploy it with."""

    account: Account
    folder: Path
    parameters: Mapping[str, str]

    @classmethod
    def build(cls, account: Account, folder: Path, parameters: Mapping[str, str]) -> Self:
        """Synthesise, which asks AWS nothing, and pass on what it says. Raises `Problem`."""
        with _gist_alone(account):
            app = ("infra.app", str(folder), f"env={account.row.name}")
            for line in run(*app, variables=account.variables).splitlines():
                say(f"  [yellow]![/] {escape(line)}")
        return cls(account, folder, parameters)

    @property
    def template(self) -> Json:
        name = stack_name(self.account.row)
        return dict(json.loads((self.folder / f"{name}.template.json").read_text()))

    def is_deployed(self, stack: Stack) -> bool:
        """Whether the stack is made from this already; the CDK takes five seconds to find out."""
        return (
            stack.settled
            and stack.protected == self.account.row.termination_protection
            and all(stack.parameters.get(name) == value for name, value in self._decided.items())
            and cloudformation.template(self.account, stack) == self.template
        )

    def moved(self, stack: Stack) -> dict[str, str]:
        """The parameters that say which versions are live, where the stack was last told others."""
        return {
            name: value
            for name, value in self.parameters.items()
            if name not in self._decided and stack.parameters.get(name, value) != value
        }

    def difference(self) -> str:
        """What a deployment would change, as `cdk diff` tells it."""
        return self._cdk("diff", "--method=template")

    def deploy(self) -> None:
        """Bring the stack out. Raises `Problem` with what failed first."""
        given = [f"--parameters={name}={value}" for name, value in self.parameters.items()]
        self._cdk("deploy", "--method=direct", "--require-approval=never", *given)

    @property
    def _decided(self) -> dict[str, str]:
        """What a deployment decides. Which versions are live, a release does: see rollout.py."""
        return {name: value for name, value in self.parameters.items() if name[:4] != "Live"}

    def _cdk(self, command: str, *arguments: str) -> str:
        app = ("--app", str(self.folder))
        with _gist_alone(self.account):
            return cdk(command, *app, *arguments, variables=self.account.variables)


def bootstrap(account: Account, folder: Path) -> None:
    """Make the CDK's own stack, or renew it, from a folder where there is nothing to synthesise."""
    place = f"aws://{account.number}/{account.region}"
    with _gist_alone(account):
        cdk("bootstrap", place, variables=account.variables, folder=folder)


@contextmanager
def _gist_alone(account: Account) -> Iterator[None]:
    """Raise `Problem` with what failed first; all that was printed goes to a log."""
    try:
        yield
    except CdkError as error:
        (ROOT / _LOG).write_text(f"{error}\n")
        first = cloudformation.failure(account) if "Failed resources:" in str(error) else ""
        raise Problem(f"{first or _gist(str(error))} (All of it: {_LOG})") from None


def _gist(printed: str) -> str:
    """The line that says most of what a failed command printed."""
    lines = [" ".join(line.split()) for line in printed.splitlines()[1:]]
    found = (line for sign in _SIGNS for line in lines if sign in line)
    return next(found, lines[-1] if lines else printed)
