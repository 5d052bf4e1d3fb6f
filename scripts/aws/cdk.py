"""The pinned CDK command line, as a function."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from scripts.install import node_bin
from scripts.local.leftovers import recorded
from scripts.terminal.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
CDK = ROOT / "node_modules" / ".bin" / "cdk"
_QUIET = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_VALIDATION": "false",  # takes 2 to 4 s a synth; `./stackbot test` validates every template
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    "NO_COLOR": "1",
}


class CdkError(Problem):
    """The CDK command failed; the message is the end of what it printed."""


def cdk(*arguments: str, variables: Mapping[str, str], folder: Path = ROOT) -> str:
    """Run one CDK command and return what it printed. Raises `CdkError`."""
    command = [str(CDK), *arguments]
    return _run(f"cdk {arguments[0]}", command, variables, folder)


def become_cdk(*arguments: str, variables: Mapping[str, str]) -> NoReturn:
    """Replace this process by the CDK command line."""
    os.chdir(ROOT)
    os.execve(CDK, [str(CDK), *arguments], environment(variables))  # noqa: S606


def run(module: str, *arguments: str, variables: Mapping[str, str]) -> str:
    """Run one of the project's modules as the CDK command line would. Raises `CdkError`."""
    return _run(module, [sys.executable, "-m", module, *arguments], variables, ROOT)


def _run(name: str, command: list[str], variables: Mapping[str, str], folder: Path) -> str:
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            with recorded(pid=process.pid):
                printed, _ = process.communicate()
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise CdkError(f"{name} failed:\n{printed.strip()[-2_000:]}")
    return printed


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment that a CDK command runs in: our Node, our Python, and `variables`.

    The CDK also takes its options from variables, such as CDK_HOTSWAP and CDK_CONTEXT; none that is
    set for another project may decide how prod is deployed.
    """
    path = f"{node_bin(ROOT)}{os.pathsep}{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    foreign = ("AWS_", "CDK")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**inherited, **_QUIET, **variables, "PATH": path, "PYTHONPATH": str(ROOT)}


def outputs(file: Path, stack: str) -> dict[str, str]:
    """The stack's outputs, as `cdk deploy --outputs-file` wrote them."""
    by_stack: dict[str, dict[str, str]] = json.loads(file.read_text())
    return by_stack[stack]
