"""The commands that run StackBot on this machine, and check it."""

from scripts.terminal.command import JSON, Command, argument, flag, port

LOCAL = Command(
    "local",
    "scripts.local.command",
    "run the real stack on this machine and chat with it in the browser",
    'example: ./stackbot local --ask "How do I deploy to staging?" --json',
    (
        argument("--port", type=port, help="the page's port (default: 3900; 0: any free one)"),
        argument("--ask", metavar="QUESTION", help="ask one question, print the answer, stop"),
        flag("--json", "with --ask: print one JSON object"),
        flag("--enforce-iam", "let the emulator refuse what no grant allows"),
    ),
)
SOCKET = Command(
    "socket",
    "scripts.develop.socket_mode.command",
    "run the code of this machine in a real Slack workspace, restarted on save",
    "example: ./stackbot socket --manifest > app.json",
    (flag("--manifest", "print the manifest of the Slack app that it needs, and stop"),),
)
TEST = Command(
    "test",
    "scripts.checks",
    "run the tests",
    "example: ./stackbot test unit -k mention",
    (
        argument(
            "part",
            nargs="?",
            choices=["all", "unit"],
            default="all",
            help="unit: the fast part",
        ),
    ),
)
CHECK = Command("check", "scripts.checks", "run ruff, mypy, import-linter, actionlint and zizmor")
AUDIT = Command(
    "audit",
    "scripts.auditing.command",
    "look for known vulnerabilities in what the lock files pin; exit 1 where one applies",
    "example: ./stackbot audit requirements/bot.txt --json",
    (
        argument(
            "locks",
            nargs="*",
            metavar="LOCK",
            help="requirements files and package-lock.json (default: all of this project). What"
            " nobody can look up, since no advisory database is reached, is said and passes",
        ),
        argument(
            "--accepted",
            metavar="PATH",
            help="what is let pass, why, and until when (default: requirements/accepted.toml)",
        ),
        JSON,
    ),
)

COMMANDS = (LOCAL, SOCKET, TEST, CHECK, AUDIT)
