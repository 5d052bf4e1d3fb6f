"""`./stackbot forget`: deletes the data of a person who asks the operators for it."""

import argparse
import re
import sys

from bot.conversation.erasure import erase_person
from bot.runtime.dead_letters import DeadLetterQueue
from scripts.aws import deployment
from scripts.terminal.problem import Problem


def run(options: argparse.Namespace) -> int:
    """Delete the data, and print how much it was. Raises `Problem`."""
    if not re.fullmatch(r"[TE][A-Z0-9]+:[UW][A-Z0-9]+", options.person):  # "T0123:U0456"
        raise Problem(f"Name workspace and person, as T0123:U0456, not {options.person!r}.")
    with deployment.deployed(options.env) as deployed, deployed.table() as table:
        letters = DeadLetterQueue(table.aws, deployed.outputs["DeadLetterQueueUrl"])
        erased = erase_person(table, letters, options.person)
    counts = erased.saved
    sys.stdout.write(
        f"Deleted of {options.person}: questions with their answers: {counts.questions},"
        f" ratings: {counts.ratings}. Dead letters: {erased.unanswered}.\n"
    )
    if erased.behind:
        sys.stdout.write(
            "More may stand in the dead-letter queue behind ten others of their thread: nobody"
            " will answer them. Put those back or delete them, and run this again.\n"
        )
    return 0
