"""The commands for what runs on AWS and in a Slack workspace."""

from scripts.commands.command import Command

COMMANDS: tuple[Command, ...] = ()
