"""Asks the person who runs a command. Questions go to stderr, like all progress."""

import sys

from scripts.terminal.problem import Problem
from scripts.terminal.steps import console


class Declined(Problem):
    """The person did not agree, or nobody was there to answer."""

    def __init__(self) -> None:
        super().__init__("Nothing was done. Where nobody can answer, --yes says it beforehand.")


def ask(question: str, default: str = "") -> str:
    """Read one line; for an empty one, or at the end of the input, the default."""
    prompt = f"{question} [{default}]: " if default else f"{question}: "
    try:
        return console.input(prompt, markup=False).strip() or default
    except EOFError:
        console.print()
        return default


def ask_for_secret(question: str) -> str:
    """Read a secret, typed without an echo or from a pipe; "" at the end of the input."""
    hidden = sys.stdin.isatty()  # from a pipe, getpass would read the terminal all the same
    try:
        return console.input(f"{question}: ", markup=False, password=hidden).strip()
    except EOFError:
        console.print()
        return ""


def agree(question: str, yes: bool) -> None:
    """Return if the person agrees, or gave `--yes`. Raises `Declined` otherwise."""
    if not yes and ask(f"{question} (yes/no)").lower() not in ("y", "yes"):
        raise Declined
