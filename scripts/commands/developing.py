"""The commands that bring changes into an environment while one works on them."""

from scripts.commands.command import Command, argument, flag

WATCH = Command(
    "watch",
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
        flag("--json", "print one JSON object on stdout for each build that is brought in"),
    ),
)

COMMANDS = (WATCH,)
