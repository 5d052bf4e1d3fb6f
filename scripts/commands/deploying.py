"""The commands that bring StackBot to AWS, look whether it works there, and take it away."""

from scripts.commands.command import ENVIRONMENT, YES, Command, argument, flag

INIT = Command(
    "init",
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
)

ROLLBACK = Command(
    "rollback",
    "make live again what was live before the last release",
    "example: ./stackbot rollback prod",
    (ENVIRONMENT, YES),
)

PIPELINE = Command(
    "pipeline",
    "let GitHub Actions deploy an environment, without keys",
    "example: ./stackbot pipeline staging",
    (ENVIRONMENT, flag("--print", "change nothing: print the role and its region")),
)

COMMANDS = (INIT, ROLLBACK, PIPELINE)
