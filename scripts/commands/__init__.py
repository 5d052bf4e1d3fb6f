"""What ./stackbot offers, told with the standard library alone: --help needs no set-up."""

from scripts.commands import cloud, deploying, kept, machine, measure, operating, slack

COMMANDS = (
    *machine.COMMANDS,
    *deploying.COMMANDS,
    *cloud.COMMANDS,
    *slack.COMMANDS,
    *operating.COMMANDS,
    *kept.COMMANDS,
    *measure.COMMANDS,
)
