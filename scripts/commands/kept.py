"""The commands for what is kept of people: their feedback, and its end."""

from scripts.terminal.command import JSON, Command, argument, flag

_ENV = argument("--env", metavar="NAME", default="local", help="(default: local)")

FEEDBACK = Command(
    "feedback",
    "scripts.operate.feedback",
    "show what people think of the answers",
    "example: ./stackbot feedback --down --since 7d",
    (
        _ENV,
        JSON,
        argument("--since", metavar="WHEN", help="from a date on, or 7d, 12h, 30m ago"),
        flag("--down", "the thumbs-down only"),
        flag("--limited", "with --json: also what not everyone may see, or was changed since"),
    ),
)
FORGET = Command(
    "forget",
    "scripts.operate.forget",
    "delete what is kept of a person",
    "example: ./stackbot forget T0123:U0456 --env prod",
    (argument("person", metavar="WORKSPACE:PERSON", help="by Slack's ids"), _ENV),
)

COMMANDS = (FEEDBACK, FORGET)
