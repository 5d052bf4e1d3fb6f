"""The commands that bring StackBot to AWS, look whether it works there, and take it away."""

from scripts.terminal.command import ENVIRONMENT, JSON, YES, Command, argument, flag

INIT = Command(
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
)

DEPLOY = Command(
    "deploy",
    "scripts.deploy.deploy",
    "bring an environment out on AWS, from nothing to chatting; run again, it goes on",
    "example: ./stackbot deploy dev",
    (ENVIRONMENT, YES),
)
VERIFY = Command(
    "verify",
    "scripts.deploy.verify",
    "check a deployed environment, from a signed request to an answer",
    "example: ./stackbot verify staging --json",
    (
        ENVIRONMENT,
        argument("--build", metavar="ID", help="the build to expect (default: this checkout's)"),
        JSON,
    ),
)
ROLLBACK = Command(
    "rollback",
    "scripts.deploy.rollback",
    "make live again what was live before the last release",
    "example: ./stackbot rollback prod",
    (ENVIRONMENT, YES),
)
DESTROY = Command(
    "destroy",
    "scripts.deploy.destroy",
    "take an environment away from AWS, and say what stays",
    "example: ./stackbot destroy dev",
    (ENVIRONMENT, YES, flag("--slack-app", "delete the environment's Slack app as well")),
)

PIPELINE = Command(
    "pipeline",
    "scripts.deploy.pipeline",
    "let GitHub Actions deploy an environment, without keys",
    "example: ./stackbot pipeline staging",
    (ENVIRONMENT, flag("--print", "change nothing: print the role and its region")),
)

COMMANDS = (INIT, DEPLOY, VERIFY, ROLLBACK, DESTROY, PIPELINE)
