"""Runs one command of ./stackbot, whose module is imported only then."""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from scripts.commands import COMMANDS
from scripts.local.proxies import spare_loopback
from scripts.terminal.json_output import failure, reserved
from scripts.terminal.problem import Problem, UsageError, machine_problems

EXAMPLES = """examples:
  ./stackbot local                                     chat in the browser, no account needed
  ./stackbot local --ask "How do I deploy to staging?"  one question, one answer
  ./stackbot deploy dev                                the same on AWS and in Slack
  ./stackbot test unit                                 the fast tests
  ./stackbot chaos --questions 100                     break everything, count the answers
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    spare_loopback(os.environ)
    try:
        options = _parsed(sys.argv[1:] if arguments is None else arguments)
        if options.command is None:
            parser().print_help()
            return 0
        with reserved(options.json) as output, machine_problems():
            options.json = output
            command = importlib.import_module(options.module)
            status: int = command.run(options)
            sys.stdout.flush()
    except Problem as problem:
        _drop_what_cannot_be_printed()
        sys.stderr.write(f"{problem}\n")
        return problem.status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads the output, such as `head`, has seen enough
        _close_stdout()
        return 141
    return status


def _drop_what_cannot_be_printed() -> None:
    """Python would say so again when it ends: stdout may be a file on a full disk."""
    try:
        sys.stdout.flush()
    except OSError:
        _close_stdout()


def _close_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of a command. Raises `UsageError`; where --json is among them, prints it, too."""
    try:
        options, rest = parser().parse_known_args(arguments)
        if rest and options.command != "test":
            parser().error(f"unrecognized arguments: {' '.join(rest)}")
    except UsageError as error:
        if "--json" in arguments:
            print(json.dumps(failure(error)))
        raise
    options.pytest = rest
    return options


class _Parser(argparse.ArgumentParser):
    """Raises what is wrong with the arguments, where argparse's own would exit."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise UsageError(f"{self.prog}: error: {message}")


def parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="./stackbot",
        description="A Slack bot that answers from your documents, on this machine and on AWS.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=None, json=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
