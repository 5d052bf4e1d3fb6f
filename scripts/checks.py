"""`./stackbot check` and `./stackbot test`: what has to pass before anything lands."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from scripts.steps import console

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
CHECKS = {
    "ruff": ["ruff", "check"],
    "format": ["ruff", "format", "--check"],
    "mypy": ["mypy"],
    "imports": ["lint-imports"],
}
_SLOW_PARTS = ("tests/end_to_end", "tests/page")


def run(options: argparse.Namespace) -> int:
    """Check or test, whichever was asked for."""
    return _check() if options.command == "check" else _test(options.part, options.pytest)


def _check() -> int:
    failed = [name for name, command in CHECKS.items() if not _passes(name, command)]
    return 1 if failed else 0


def _passes(name: str, command: list[str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        [TOOLS / command[0], *command[1:]],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    mark = "[red]✗[/]" if done.returncode else "[green]✓[/]"
    console.print(f"  {mark} {name:<34} [dim]{time.monotonic() - started:5.1f} s[/]")
    if done.returncode:
        console.print(done.stdout, markup=False)
    return not done.returncode


def _test(part: str, arguments: list[str]) -> int:
    left_out = [f"--ignore={folder}" for folder in _SLOW_PARTS] if part == "unit" else []
    return subprocess.run([TOOLS / "pytest", *left_out, *arguments], cwd=ROOT).returncode
