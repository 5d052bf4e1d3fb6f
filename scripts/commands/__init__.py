"""What ./stackbot offers, told with the standard library alone: --help needs no set-up."""

from scripts.commands import (
    deploying,
    developing,
    documents,
    evaluating,
    kept,
    machine,
    measure,
    operating,
    slack,
)

COMMANDS = (
    *machine.COMMANDS,
    *deploying.COMMANDS,
    *developing.COMMANDS,
    *documents.COMMANDS,
    *slack.COMMANDS,
    *operating.COMMANDS,
    *kept.COMMANDS,
    *evaluating.COMMANDS,
    *measure.COMMANDS,
)
