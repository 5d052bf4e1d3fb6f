"""The commands that look after what is deployed: its health, its logs, its dead letters."""

from scripts.terminal.command import ENVIRONMENT, JSON, YES, Command, argument, flag

LOGS = Command(
    "logs",
    "scripts.operate.logs",
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
        JSON,
        flag("--json-lines", "print a JSON object for each line, which --follow can do, too"),
    ),
)
REDRIVE = Command(
    "redrive",
    "scripts.operate.redrive",
    "look into the dead-letter queue, and put back what is in it",
    "example: ./stackbot redrive prod --all",
    (
        ENVIRONMENT,
        argument("--message", metavar="ID", help="put back this one: its id, or its reference"),
        flag("--all", "put back all of them, in order"),
        flag("--show-texts", "show what people wrote, too"),
        YES,
        JSON,
    ),
)
STATUS = Command(
    "status",
    "scripts.operate.status",
    "say in one look whether an environment is well; exit 1 where it is not",
    "example: ./stackbot status prod --json",
    (ENVIRONMENT, JSON),
)

COMMANDS = (STATUS, LOGS, REDRIVE)
