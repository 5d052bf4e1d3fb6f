"""The commands of ./stackbot, each imported only when called: --help needs no set-up."""

import argparse
import importlib
import sys

from scripts.bench.names import BENCHMARKS

EXAMPLES = """examples:
  ./stackbot local                                     chat in the browser, no account needed
  ./stackbot local --ask "How do I deploy to staging?"  one question, one answer
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
    except KeyboardInterrupt:
        return 130
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

    local = _command(
        commands,
        "local",
        "run the real stack on this machine and chat with it in the browser",
        'example: ./stackbot local --ask "How do I deploy to staging?" --json',
    )
    local.add_argument(
        "--port", type=_port, help="the page's port (default: 3900; 0: any free one)"
    )
    local.add_argument("--ask", metavar="QUESTION", help="ask one question, print the answer, stop")
    local.add_argument("--json", action="store_true", help="with --ask: print one JSON object")
    local.add_argument(
        "--enforce-iam", action="store_true", help="let the emulator refuse what no grant allows"
    )

    test = _command(
        commands,
        "test",
        "run the tests",
        "example: ./stackbot test unit -k mention",
        module="checks",
    )
    test.add_argument(
        "part", nargs="?", choices=["all", "unit"], default="all", help="unit: the fast part"
    )
    _command(commands, "check", "run ruff, mypy and import-linter", "", module="checks")
    listed = "\n".join(f"  {name:<11}{about}" for name, about in BENCHMARKS.items())
    bench = _command(
        commands,
        "bench",
        "measure, and compare",
        f"benchmarks:\n{listed}\n\nexample: ./stackbot bench ack loop",
    )
    bench.add_argument("names", nargs="*", metavar="NAME", help="which ones (default: all)")
    bench.add_argument("--json", action="store_true", help="print one JSON object")
    chaos = _command(
        commands,
        "chaos",
        "break everything at random, and count the answers",
        "example: ./stackbot chaos --questions 100 --threads 20 --seed 7",
    )
    chaos.add_argument("--questions", type=_count, default=1_000, help="(default: 1000)")
    chaos.add_argument("--threads", type=_count, default=200, help="(default: 200)")
    chaos.add_argument("--seed", type=int, default=1, help="what befalls which (default: 1)")
    chaos.add_argument(
        "--minutes", type=float, default=20, help="stop asking after these (default: 20)"
    )
    chaos.add_argument("--json", action="store_true", help="print one JSON object")
    load = _command(
        commands,
        "load",
        "have many people ask at once, and see how long they wait",
        "example: ./stackbot load --questions 100 --people 20 --seconds 12",
    )
    load.add_argument("--questions", type=_count, default=500, help="(default: 500)")
    load.add_argument("--people", type=_count, default=100, help="(default: 100)")
    load.add_argument("--seconds", type=float, default=60, help="over which they ask (default: 60)")
    load.add_argument("--rates", action="store_true", help="let Slack's rate limits stand")
    load.add_argument("--json", action="store_true", help="print one JSON object")
    _add_what_is_kept(commands)
    return parser


def _add_what_is_kept(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    feedback = _command(
        commands,
        "feedback",
        "show what people think of the answers",
        "example: ./stackbot feedback --down --since 7d",
    )
    feedback.add_argument("--env", metavar="NAME", default="local", help="(default: local)")
    feedback.add_argument("--json", action="store_true", help="print one JSON object a line")
    feedback.add_argument("--since", metavar="WHEN", help="from a date on, or 7d, 12h, 30m ago")
    feedback.add_argument("--down", action="store_true", help="the thumbs-down only")
    forget = _command(
        commands,
        "forget",
        "delete what is kept of a person",
        "example: ./stackbot forget T0123:U0456 --env prod",
    )
    forget.add_argument("person", metavar="WORKSPACE:PERSON", help="by Slack's ids")
    forget.add_argument("--env", metavar="NAME", default="local", help="(default: local)")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 on, not {text!r}")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    summary: str,
    example: str,
    module: str = "",
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=example,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(module=module or name)
    return parser


if __name__ == "__main__":
    sys.exit(main())
