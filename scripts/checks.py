"""`./stackbot check` and `./stackbot test`: what has to pass before a change is merged."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from scripts.install import auditor, converter, second_slack
from scripts.terminal.steps import console

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
CHECKS = {
    "ruff": ["ruff", "check"],
    "format": ["ruff", "format", "--check"],
    "mypy": ["mypy"],
    "imports": ["lint-imports"],
    # Without these options they also run other programs, if installed, and call GitHub.
    "workflows": ["actionlint", "-shellcheck=", "-pyflakes="],
    "their safety": ["zizmor", "--offline", "--pedantic", "--strict-collection", ".github"],
}
SLOW = ("tests/infra", "tests/end_to_end", "tests/on_aws", "tests/page")
"""Tests that start the CDK, the stack or a browser, which those of one file share."""

_PROCESSES = min((os.cpu_count() or 1) + 1, 8)
"""One more than there are cores, since some tests wait for a time-out."""

_SIDE_BY_SIDE = ("-n", str(_PROCESSES), "--dist")
_NO_TESTS = 5  # https://docs.pytest.org/en/stable/reference/exit-codes.html


def run(options: argparse.Namespace) -> int:
    """Check or test, as the command says."""
    return _check() if options.command == "check" else _test(options.part, options.pytest)


_UNCACHED = {"RUFF_NO_CACHE": "true", "MYPY_CACHE_DIR": os.devnull}
"""Variables for a checkout that can only be read."""


def _check() -> int:
    failed = [name for name, command in CHECKS.items() if not _passes(name, command)]
    return 1 if failed else 0


def _passes(name: str, command: list[str]) -> bool:
    started = time.monotonic()
    caching = os.access(ROOT, os.W_OK)
    uncached = ["--no-cache"] if command[0] == "lint-imports" and not caching else []
    result = subprocess.run(
        [TOOLS / command[0], *command[1:], *uncached],
        cwd=ROOT,
        env=os.environ if caching else {**os.environ, **_UNCACHED},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    mark = "[red]✗[/]" if result.returncode else "[green]✓[/]"
    console.print(f"  {mark} {name:<34} [dim]{time.monotonic() - started:5.1f} s[/]")
    if result.returncode:
        console.print(result.stdout, markup=False)
    return not result.returncode


def _test(part: str, arguments: list[str]) -> int:
    quick = [*_SIDE_BY_SIDE, "worksteal", *(f"--ignore={folder}" for folder in SLOW)]
    converter(ROOT)
    auditor(ROOT)
    status = _pytest(quick, arguments)
    if status == 0 and part == "all":
        second_slack(ROOT)
        # tests/conftest.py orders the files, the longest first.
        longest_first = ("loadfile", "--no-loadscope-reorder")
        status = _pytest([*_SIDE_BY_SIDE, *longest_first, *SLOW], arguments)
    return status


def _pytest(parts: list[str], arguments: list[str]) -> int:
    uncached = [] if os.access(ROOT, os.W_OK) else ["-p", "no:cacheprovider"]
    status = subprocess.run([TOOLS / "pytest", *uncached, *parts, *arguments], cwd=ROOT).returncode
    # With `-k` all selected tests may be in the other half.
    return 0 if status == _NO_TESTS and arguments else status
