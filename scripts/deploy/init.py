"""`./stackbot init`: writes the bot's name, repository and accounts to infra/environments.py."""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from infra.environments import ENVIRONMENTS, SLUG
from scripts.aws.cdk import ROOT
from scripts.deploy.environment_rows import constants, rewrite
from scripts.terminal.problem import Problem
from scripts.terminal.prompt import ask
from scripts.terminal.steps import say

TABLE = ROOT / "infra" / "environments.py"
_EMPTY = "-"
_SHAPES = {
    "NAME": (  # names in SSM begin with it, where AWS reserves "aws" and "ssm"
        r"(?i:(?!aws|ssm)[A-Z])[ -Z^-~]{0,34}",
        "1 to 35 plain characters without brackets, first a letter, but not aws or ssm",
    ),
    "REPOSITORY": (r"[\w.-]+(@\d+)?/[\w.-]+(@\d+)?", "OWNER/NAME, such as acme/bot"),
    "account": (r"\d{12}", "the 12 digits of an AWS account"),
    "region": (r"[a-z]{2,4}(-[a-z]+)+-\d", "an AWS region, such as eu-west-1"),
    "workspace": (r"T[A-Z0-9]{2,}", "the id of a Slack workspace, such as T0123ABCD"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A cell of a row, or a constant where `row` is "", and its value `now`."""

    row: str
    cell: str
    text: str
    now: str

    def check(self, value: str) -> None:
        """Raises `Problem` unless the cell can hold the value."""
        shape, description = _SHAPES[self.cell]
        emptied = value == "" and self.cell != "NAME"
        if not (emptied or re.fullmatch(shape, value)):
            raise Problem(f"{self.text} is {description}, not {value!r}.")


def run(options: argparse.Namespace) -> int:
    """Take the cells from the options, or ask for each, and write what has changed."""
    questions = {(question.row, question.cell): question for question in _questions()}
    answers = _from_options(options, questions) or _from_prompts(questions)
    rewrite(TABLE, answers)
    _tell({key: value for key, value in answers.items() if value != questions[key].now}, questions)
    return 0


def _questions() -> Iterator[Question]:
    values = constants(TABLE.read_text())
    yield Question("", "NAME", "The bot's name", values["NAME"])
    yield Question("", "REPOSITORY", "The GitHub repository", values["REPOSITORY"])
    for row in ENVIRONMENTS.values():
        if not row.on_this_machine:
            about = f"{row.name}'s"
            yield Question(row.name, "account", f"{about} AWS account", row.account or "")
            yield Question(row.name, "region", f"{about} region", row.region or "")
            yield Question(row.name, "workspace", f"{about} Slack workspace", row.workspace)


Questions = dict[tuple[str, str], Question]
Answers = dict[tuple[str, str], str]


def _from_options(options: argparse.Namespace, questions: Questions) -> Answers:
    """The cells that the options set. Raises `Problem` for unknown cells and bad values."""
    cells = [(("", "NAME"), options.name), (("", "REPOSITORY"), options.repository)]
    for text in options.set:
        place, equals, value = text.partition("=")
        if not equals:  # or a slip would empty the cell
            raise Problem(f"--set takes ENV.CELL=VALUE, not {text!r}.")
        row, _, cell = place.partition(".")
        cells.append(((row, cell), value))
    answers = {key: value for key, value in cells if value is not None}
    for (row, cell), value in answers.items():
        if (row, cell) not in questions:
            names = ", ".join(f"{row}.{cell}" for row, cell in questions if row)
            raise Problem(f"There is no {row}.{cell}: --set takes {names}.")
        questions[row, cell].check(value)
    return answers


def _from_prompts(questions: Questions) -> Answers:
    say(f"Enter keeps what stands in brackets; {_EMPTY} empties it.")
    answers: Answers = {}
    for key, question in questions.items():
        answers[key] = _answer(question, _suggestion(question, answers))
    return answers


def _suggestion(question: Question, answers: Answers) -> str:
    """The cell's present value; for a region without one, the last region answered."""
    earlier = [value for (_, cell), value in answers.items() if cell == "region" and value]
    return question.now or (earlier[-1] if earlier and question.cell == "region" else "")


def _answer(question: Question, suggestion: str) -> str:
    while True:
        answer = ask(question.text, suggestion)
        value = "" if answer == _EMPTY else answer
        try:
            question.check(value)
        except Problem as problem:
            if not sys.stdin.isatty():
                raise
            say(str(problem))
        else:
            return value


def _tell(changed: Answers, questions: Questions) -> None:
    for key, value in changed.items():
        say(f"  {questions[key].text}: {value or 'empty'}")
    if ("", "NAME") in changed:
        say(
            f"What may be deployed already is named {SLUG}-…, and stays so: destroy it by the old"
            " name, for its successor stands beside it."
        )
    say("Written to infra/environments.py." if changed else "Nothing has changed.")
    say("Next: ./stackbot deploy dev")
