"""`./stackbot forget`: deletes what is kept of a person who asks the operators for it."""

import argparse
import re
import sys

from bot.state.forgetting import forget_person
from scripts import reach
from scripts.problem import Problem


def run(options: argparse.Namespace) -> int:
    """Delete it, and print how much it was."""
    if not re.fullmatch(r"[TE][A-Z0-9]+:[UW][A-Z0-9]+", options.person):
        raise Problem(f"Name workspace and person, as T0123:U0456, not {options.person!r}.")
    with reach.table(options.env) as table:
        gone = forget_person(table, options.person)
    sys.stdout.write(
        f"Deleted of {options.person}: questions with their answers: {gone.questions},"
        f" ratings: {gone.ratings}.\n"
    )
    return 0
