"""The commands that look after what is deployed: its health, its logs, its dead letters."""

from scripts.commands.command import ENVIRONMENT, Command, argument, flag

LOGS = Command(
    "logs",
    "show what both functions logged, or the story of one question",
    "example: ./stackbot logs prod --thread https://acme.slack.com/archives/C0123/p1700000000123456",
    (
        ENVIRONMENT,
        argument(
            "--thread",
            metavar="QUESTION",
            help="its message's link, CHANNEL:TS, or the reference that an apology shows",
        ),
        argument("--since", metavar="WHEN", help="from a date on, or 7d, 12h, 30m ago"),
        flag("--follow", "go on with what comes, until Ctrl-C"),
        flag("--json", "print one JSON object: a line each, or the whole story"),
    ),
)

COMMANDS = (LOGS,)
