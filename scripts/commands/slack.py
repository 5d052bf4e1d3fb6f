"""The commands for what an environment has in Slack and in SSM."""

from scripts.terminal.command import ENVIRONMENT, JSON, Command, argument, flag

APP = Command(
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
        argument("--adopt", metavar="APP", help="with create: this one, made by hand, by its id"),
    ),
)
SECRETS = Command(
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
)

COMMANDS = (APP, SECRETS)
