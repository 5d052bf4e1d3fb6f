"""Three accounts on one emulator, a Slack workspace for each, and a checkout of its own.

The commands run there as on AWS, but for AWS_ENDPOINT_URL. The copy's rows name their accounts,
as ./stackbot init would have it, and this machine's kind of Lambda.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import pytest

from scripts.aws.account import emulator_session
from scripts.aws.cdk import ROOT
from scripts.local.emulator import REGION, Emulator, client_variables
from slack_simulator import Control, Simulator
from tests.on_aws.tls import tls_ends_here

ACCOUNTS = {"dev": "111111111111", "staging": "222222222222", "prod": "333333333333"}
_LEFT_BEHIND = (".git", ".venv", "node_modules", ".stackbot", "cdk.out", "__pycache__", ".*_cache")


class Cloud:
    """The emulator, the workspaces and the checkout, as long as the `with` lasts.

    In `bare` workspaces there is no app yet. IAM is enforced for callers who come over TLS, as
    far as it can tell.
    """

    def __init__(self, folder: Path, *, enforce_iam: bool = False, bare: bool = False) -> None:
        self.root = folder / "checkout"
        self.emulator = Emulator(enforce_iam=enforce_iam)
        self._front = tls_ends_here(self.emulator.url) if enforce_iam else None
        self._slacks = {name: Simulator(bare=bare) for name in ACCOUNTS}
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as started:
            for slack in self._slacks.values():
                started.enter_context(slack)
            started.enter_context(self.emulator)
            if self._front:
                started.enter_context(self._front)
            self._check_out()
            self._exit = started.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def slack(self, environment: str) -> Control:
        """The workspace of an environment."""
        return self._slacks[environment].control

    @property
    def url(self) -> str:
        """Where callers find AWS."""
        return (self._front or self.emulator).url

    def variables(self, environment: str) -> dict[str, str]:
        """What a caller in the environment's account needs in the shell."""
        return client_variables(self.url, ACCOUNTS[environment], self.emulator.token)

    def run(
        self, *command: str, caller: str = "", answers: str = "", **shell: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `./stackbot COMMAND …` with the credentials of the environment that it names.

        `caller` names another environment, whose credentials are used instead; `answers` are
        typed where it asks; `shell` adds variables to the caller's environment.
        """
        caller = caller or next(name for name in ACCOUNTS if name in command)
        return self._python("-m", "scripts", *command, caller=caller, answers=answers, shell=shell)

    def cdk(self, environment: str, *arguments: str) -> str:
        """Run the CDK command line in the checkout, and return what it printed."""
        code = (
            "import os, sys; from scripts.aws.cdk import cdk;"
            " cdk(*sys.argv[1:], variables=os.environ)"
        )
        done = self.python(environment, code, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def python(
        self, environment: str, code: str, *arguments: str
    ) -> subprocess.CompletedProcess[str]:
        """Run code in the checkout, as a caller in the environment's account."""
        return self._python("-c", code, *arguments, caller=environment, answers="", shell={})

    def client(self, environment: str, service: str) -> Any:
        """A boto3 client of the environment's account."""
        make: Any = emulator_session(self.variables(environment)).client
        return make(service, endpoint_url=self.url)

    def started(self, environment: str, code: str, *arguments: str) -> subprocess.Popen[str]:
        """Code that runs in the checkout meanwhile; its stderr can be read."""
        return subprocess.Popen(
            [*self.interpreter, "-c", code, *arguments],
            cwd=self.root,
            env=self._shell(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def begin(self, *command: str, **shell: str) -> subprocess.Popen[str]:
        """Begin to run `./stackbot COMMAND …`, in a session of its own as in a terminal."""
        caller = next(name for name in ACCOUNTS if name in command)
        return subprocess.Popen(
            [*self.interpreter, "-m", "scripts", *command],
            cwd=self.root,
            env=self._shell(caller) | shell,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def _python(
        self, *arguments: str, caller: str, answers: str, shell: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.interpreter, *arguments],
            cwd=self.root,
            env=self._shell(caller) | shell,
            input=answers,
            capture_output=True,
            text=True,
            timeout=300,
        )

    @property
    def interpreter(self) -> tuple[Path | str, ...]:
        """The checkout's Python."""
        return self.root / ".venv" / "bin" / "python", "-P"

    def _shell(self, caller: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SLACK_"))}
        return {**kept, **self.variables(caller), "PYTHONPATH": str(self.root)}

    def _check_out(self) -> None:
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(*_LEFT_BEHIND))
        for name in (".venv", "node_modules"):
            (self.root / name).symlink_to((ROOT / name).resolve())
        (self.root / ".stackbot").mkdir()
        for kept in ("layers", "emulator"):
            (self.root / ".stackbot" / kept).symlink_to((ROOT / ".stackbot" / kept).resolve())
        rows = self.root / "infra" / "environments.py"
        text = rows.read_text()
        for name, slack in self._slacks.items():
            text = text.replace(f'    name="{name}",\n', _row(name, slack.api_url))
        rows.write_text(text)


def _row(name: str, slack: str) -> str:
    """The beginning of the row `name`, with the cells that tell where it is."""
    cells = {
        "name": name,
        "account": ACCOUNTS[name],
        "region": REGION,
        "architecture": {"aarch64": "arm64"}.get(platform.machine(), platform.machine()),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "slack_api_url": slack,
        "model_provider": "extractive",
    }
    return "".join(f'    {cell}="{value}",\n' for cell, value in cells.items())


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture(scope="session")
def dev(cloud: Cloud) -> Cloud:
    """The cloud with the stack of dev in it, as the CDK alone deploys it."""
    cloud.cdk("dev", "bootstrap")
    cloud.cdk("dev", "deploy", "--require-approval=never")
    return cloud
