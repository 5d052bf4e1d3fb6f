"""What ./stackbot offers, as one table of the standard library alone: --help needs no set-up."""

import argparse

from scripts.measurements import MEASUREMENTS
from scripts.terminal.command import ENVIRONMENT, JSON, YES, Command, argument, flag, port

_ENV = argument("--env", metavar="NAME", default="local", help="(default: local)")

COMMANDS = (
    # Run StackBot on this machine, and check it.
    Command(
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
    ),
    Command(
        "socket",
        "scripts.develop.socket_mode.command",
        "run the code of this machine in a real Slack workspace, restarted on save",
        "example: ./stackbot socket --manifest > app.json",
        (flag("--manifest", "print the manifest of the Slack app that it needs, and stop"),),
    ),
    Command(
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
    ),
    Command("check", "scripts.checks", "run ruff, mypy, import-linter, actionlint and zizmor"),
    Command(
        "audit",
        "scripts.develop.audit.command",
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
    ),
    # Bring StackBot to AWS, look whether it works there, and take it away.
    Command(
        "init",
        "scripts.deploy.init",
        "say what the bot is called and which accounts and workspaces it lives in",
        "example: ./stackbot init --set dev.account=111111111111 --set dev.region=eu-west-1",
        (
            argument("--name", help="the bot's name, in Slack and in what is deployed"),
            argument("--repository", metavar="OWNER/NAME", help="on GitHub, for its deployments"),
            argument(
                "--set",
                metavar="ENV.CELL=VALUE",
                action="append",
                default=[],
                help="account, region or workspace of a row; with options nothing is asked",
            ),
        ),
    ),
    Command(
        "deploy",
        "scripts.deploy.deploy",
        "bring an environment out on AWS, from nothing to chatting; run again, it goes on",
        "example: ./stackbot deploy dev",
        (ENVIRONMENT, YES),
    ),
    Command(
        "verify",
        "scripts.deploy.verify",
        "check a deployed environment, from a signed request to an answer",
        "example: ./stackbot verify staging --json",
        (
            ENVIRONMENT,
            argument(
                "--build", metavar="ID", help="the build to expect (default: this checkout's)"
            ),
            JSON,
        ),
    ),
    Command(
        "rollback",
        "scripts.deploy.rollback",
        "make live again what was live before the last release",
        "example: ./stackbot rollback prod",
        (ENVIRONMENT, YES),
    ),
    Command(
        "destroy",
        "scripts.deploy.destroy",
        "take an environment away from AWS, and say what stays",
        "example: ./stackbot destroy dev",
        (ENVIRONMENT, YES, flag("--slack-app", "delete the environment's Slack app as well")),
    ),
    Command(
        "pipeline",
        "scripts.deploy.pipeline",
        "let GitHub Actions deploy an environment, without keys",
        "example: ./stackbot pipeline staging",
        (ENVIRONMENT, flag("--print", "change nothing: print the role and its region")),
    ),
    # Bring changes into an environment while one works on them.
    Command(
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
    ),
    Command(
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
    ),
    # For what the bot answers from.
    Command(
        "ingest",
        "scripts.documents.command",
        "have an environment answer from your documents",
        "example: ./stackbot ingest prod ~/handbook notion-export.zip",
        (
            argument(
                "targets",
                metavar="ENV PATH",
                nargs="*",
                help="an environment (default: local), and folders, archives (.zip, .tar.gz) or"
                " files: Markdown, text, reStructuredText, HTML, PDF, Word, PowerPoint, Excel, CSV"
                " (default: knowledge/). It answers from these from then on, and from nothing else",
            ),
            YES,
            JSON,
        ),
    ),
    # For what an environment has in Slack and in SSM.
    Command(
        "app",
        "scripts.slack.app",
        "make the Slack app of an environment, and keep it as the code wants it",
        "actions:\n"
        "  create   make it by the manifest; deploy does this, too\n"
        "  sync     change it to what the code wants, if anything differs\n"
        "  diff     tell what differs, a line each; status 1 if anything does\n"
        "  open     show its page\n\n"
        "example: ./stackbot app diff prod",
        (
            argument("action", choices=["create", "sync", "diff", "open"]),
            ENVIRONMENT,
            JSON,
            flag("--new", "with create: another one, in place of the one there is"),
            argument(
                "--adopt", metavar="APP", help="with create: this one, made by hand, by its id"
            ),
        ),
    ),
    Command(
        "secrets",
        "scripts.slack.parameters",
        "store an environment's secrets, or see whether they are good",
        "example: ./stackbot secrets check prod --json",
        (
            argument("action", choices=["set", "check"]),
            ENVIRONMENT,
            argument(
                "name",
                nargs="?",
                choices=["signing-secret", "bot-token", "openai-api-key"],
                help="with set: this one only; it may come from a pipe",
            ),
            JSON,
        ),
    ),
    # Look after what is deployed: its health, its logs, its dead letters.
    Command(
        "status",
        "scripts.operate.status",
        "say in one look whether an environment is well; exit 1 where it is not",
        "example: ./stackbot status prod --json",
        (ENVIRONMENT, JSON),
    ),
    Command(
        "logs",
        "scripts.operate.logs",
        "show what both functions logged, or the story of one question",
        "example: ./stackbot logs prod --thread"
        " https://acme.slack.com/archives/C0123/p1700000000123456",
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
    ),
    Command(
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
    ),
    # For what is kept of people: their feedback, and its end.
    Command(
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
    ),
    Command(
        "forget",
        "scripts.operate.forget",
        "delete what is kept of a person",
        "example: ./stackbot forget T0123:U0456 --env prod",
        (argument("person", metavar="WORKSPACE:PERSON", help="by Slack's ids"), _ENV),
    ),
    *MEASUREMENTS,
)
