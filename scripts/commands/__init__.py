"""What ./stackbot offers, told with the standard library alone: --help needs no set-up."""

from scripts.commands import cloud, kept, machine, measure

COMMANDS = (*machine.COMMANDS, *cloud.COMMANDS, *kept.COMMANDS, *measure.COMMANDS)
