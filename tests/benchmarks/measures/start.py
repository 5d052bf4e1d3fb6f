"""`./stackbot local` from nothing running to the page's address, packages already installed."""

import sys
import tempfile
import time
from pathlib import Path

from infra.environments import LOCAL
from scripts.aws.cdk import ROOT, cdk
from scripts.local.emulator import REGION, Emulator
from tests.benchmarks.figures import Hold, Row, interleave
from tests.benchmarks.measures.synth import DEFAULT_APP, DEFAULTS, VALIDATED
from tests.benchmarks.processes.background import running

_ROUNDS = 3
_SECONDS = 90


def measure() -> list[Row]:
    """Against an emulator, then `cdk bootstrap` and `cdk deploy` as they come: no Slack, no ask."""
    with tempfile.TemporaryDirectory(prefix="stackbot-bench-") as folder:
        scratch = Path(folder)
        series = interleave(
            {"ours": lambda: _ours(scratch), "plain": lambda: _plain(scratch)}, _ROUNDS
        )
    name = "bootstrap and deploy"
    return [Row("./stackbot local", "s", series["ours"], name, series["plain"], Hold(at_most=10))]


def _ours(scratch: Path) -> float:
    command: list[str | Path] = [sys.executable, ROOT / "stackbot", "local", "--port", "0"]
    started = time.monotonic()
    with running(command, ROOT, scratch, {}) as stack:
        stack.wait_for_line("Chat at", _SECONDS)
        return time.monotonic() - started


def _plain(scratch: Path) -> float:
    started = time.monotonic()
    with Emulator() as emulator:
        how = ("--app", DEFAULT_APP, "--output", str(scratch / "out"), "-c", f"env={LOCAL.name}")
        variables = {**emulator.variables, **VALIDATED}
        account = f"aws://{emulator.account}/{REGION}"
        cdk("bootstrap", account, *how, variables=variables)
        cdk("deploy", "--require-approval=never", *how, *DEFAULTS, variables=variables)
        return time.monotonic() - started
