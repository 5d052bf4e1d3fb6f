"""Runs one command of ./stackbot, whose module is imported only then."""

import argparse
import importlib
import os
import sys

from scripts.commands import COMMANDS
from scripts.problem import Problem

EXAMPLES = """examples:
  ./stackbot local                                     chat in the browser, no account needed
  ./stackbot local --ask "How do I deploy to staging?"  one question, one answer
  ./stackbot deploy dev                                the same on AWS and in Slack
  ./stackbot test unit                                 the fast tests
  ./stackbot chaos --questions 100                     break everything, count the answers
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options, rest = parser().parse_known_args(arguments)
    if rest and options.command != "test":
        parser().error(f"unrecognized arguments: {' '.join(rest)}")
    options.pytest = rest
    if options.command is None:
        parser().print_help()
        return 0
    try:
        command = importlib.import_module(f"scripts.{options.module}")
        status: int = command.run(options)
        sys.stdout.flush()
    except Problem as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads the output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return status


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./stackbot",
        description="A Slack bot that answers from your documents, on this machine and on AWS.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
