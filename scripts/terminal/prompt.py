"""What a command asks the person who runs it. Questions go to stderr, like all progress."""

import sys

from scripts.terminal.problem import Problem
from scripts.terminal.steps import console


class Declined(Problem):
    """The person does not agree, or nobody is there to be asked."""

    def __init__(self) -> None:
        super().__init__("Nothing was done. Where nobody can answer, --yes says it beforehand.")


def ask(question: str, default: str = "") -> str:
    """One line of what is typed; Enter, or the end of the input, takes the default."""
    shown = f"{question} [{default}]: " if default else f"{question}: "
    try:
        return console.input(shown, markup=False).strip() or default
    except EOFError:
        console.print()
        return default


def ask_for_secret(question: str) -> str:
    """What is typed or pasted, unseen; or piped in; "" at the end of the input."""
    unseen = sys.stdin.isatty()  # else getpass would ask the terminal that started the pipe
    try:
        return console.input(f"{question}: ", markup=False, password=unseen).strip()
    except EOFError:
        console.print()
        return ""


def agree(question: str, yes: bool) -> None:
    """Go on when the person agrees, or has beforehand by `--yes`. Raises `Declined` otherwise."""
    if not yes and ask(f"{question} (yes/no)").lower() not in ("y", "yes"):
        raise Declined
