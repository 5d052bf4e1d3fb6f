"""The commands that bring changes into an environment while one works on them."""

import argparse

from scripts.terminal.command import Command, argument, flag

WATCH = Command(
    "watch",
    "scripts.develop.watch",
    "bring what is saved into a dev environment within a second or two, and show its logs",
    "example: ./stackbot watch dev-ada",
    (
        argument(
            "environment",
            metavar="ENV",
            nargs="?",
            default="dev",
            help="a row of infra/environments.py, or dev-<your name> (default: dev)",
        ),
        flag("--json-lines", "print a JSON object a line for each build that is brought in"),
    ),
)

CDK = Command(
    "cdk",
    "scripts.develop.cdk_command",
    "run the CDK command line, in the account of the environment that is named",
    "example: ./stackbot cdk diff -c env=dev",
    (
        argument(
            "arguments",
            metavar="COMMAND …",
            nargs=argparse.REMAINDER,
            help="the CDK's own, such as deploy, diff, watch",
        ),
    ),
)

COMMANDS = (WATCH, CDK)
