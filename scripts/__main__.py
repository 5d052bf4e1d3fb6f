"""Runs one command of ./stackbot. Only that command's module is imported."""

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
        _flush_or_close_stdout()
        sys.stderr.write(f"{problem}\n")
        return problem.status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of the output, such as `head`, has ended
        _close_stdout()
        return 141
    return status


def _flush_or_close_stdout() -> None:
    """Close stdout if it is on a full disk, or Python reports that again when it ends."""
    try:
        sys.stdout.flush()
    except OSError:
        _close_stdout()


def _close_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of a command. Raises `UsageError`, and with --json prints it as JSON, too."""
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
    """Raises `UsageError` for wrong arguments, where argparse would exit."""

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
