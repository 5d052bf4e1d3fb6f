"""How a command of ./stackbot is declared, with its arguments."""

import argparse
import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Argument:
    """What argparse's add_argument takes."""

    names: tuple[str, ...]
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """One command. Its `module` has `run(options) -> int`, which returns the exit status."""

    name: str
    module: str
    summary: str
    example: str = ""
    arguments: tuple[Argument, ...] = ()

    def add_to(self, commands: "argparse._SubParsersAction[Any]") -> None:
        parser = commands.add_parser(
            self.name,
            help=self.summary,
            description=self.summary,
            epilog=self.example,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.set_defaults(module=self.module)
        for argument in self.arguments:
            parser.add_argument(*argument.names, **argument.options)


def argument(*names: str, **options: Any) -> Argument:
    """An argument of a command, as argparse's add_argument has it."""
    return Argument(names, options)


def flag(name: str, about: str) -> Argument:
    """An option without a value."""
    return argument(name, action="store_true", help=about)


def count(text: str) -> int:
    """Parse a whole number from 1 on. Raises argparse's error."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 on, not {text!r}")
    return int(text)


def percent(text: str) -> float:
    """Parse a number from 0 on, such as 5 or 2.5. Raises argparse's error."""
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise argparse.ArgumentTypeError(f"a number from 0 on, not {text!r}")
    return float(text)


def port(text: str) -> int:
    """Parse a port, where 0 is any free one. Raises argparse's error."""
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


JSON = flag("--json", "print one JSON object")
ENVIRONMENT = argument("environment", metavar="ENV", help="a row of infra/environments.py")
YES = flag("--yes", "do it without asking")
