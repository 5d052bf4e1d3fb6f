"""`./stackbot redrive`: shows the dead letters of an environment, and puts them back."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from bot.conversation.erasure import is_erased
from bot.runtime.dead_letters import DeadLetterQueue
from bot.state.answers import question_answered_by
from bot.state.claims import Standing, standing_of
from scripts.aws import deployment
from scripts.aws.deployment import Deployed
from scripts.operate.dead_letters import DeadLetters, Letter
from scripts.terminal.problem import Problem
from scripts.terminal.prompt import agree
from scripts.terminal.steps import step

_STATES = {"done": "answered since", "working": "at work, or failed", "apologised": "apologised"}
_TEXT = 200


def run(options: argparse.Namespace) -> int:
    """Print the dead letters of an environment, or put them back once the person agrees."""
    if options.all and options.message:
        raise Problem("--all puts back every message, --message one: choose one of them.")
    with deployment.deployed(options.environment) as deployed:
        urls = deployed.outputs["DeadLetterQueueUrl"], deployed.outputs["QueueUrl"]
        queue = DeadLetters(deployed.client("sqs"), *urls)
        with step(f"Dead letters of {options.environment}"):
            _drop_erased(deployed)
            letters, behind = queue.look()
            letters = _with_questions(deployed, letters)
            standings = _standings(deployed, letters)
        selection = _select(letters, options.message) if options.message else letters
        if options.all or options.message:
            if not options.json:
                _show(selection, standings, 0, options)
            _put_back(queue, selection, behind, options)
        else:
            _show(letters, standings, behind, options)
    return 0


def _drop_erased(deployed: Deployed) -> None:
    """Delete letters of people whose data was deleted since, which a look at that time missed."""
    with deployed.table() as table:
        letters = DeadLetterQueue(table.aws, deployed.outputs["DeadLetterQueueUrl"])
        letters.delete(partial(is_erased, table))


def _with_questions(deployed: Deployed, letters: Sequence[Letter]) -> list[Letter]:
    """Fill in the question of each letter that came from "Try again"."""
    with deployed.table() as table:
        return [
            replace(letter, question=question_answered_by(table, *letter.answer.split(":")) or None)
            if letter.answer
            else letter
            for letter in letters
        ]


def _standings(deployed: Deployed, letters: Sequence[Letter]) -> Mapping[str, Standing]:
    questions = {letter.question for letter in letters if letter.question}
    with deployed.table() as table:
        return standing_of(table, sorted(questions))


def _select(letters: Sequence[Letter], name: str) -> list[Letter]:
    """The letter with this id or reference. Raises `Problem` for none, and for several."""
    matches = [
        letter for letter in letters if letter.id.startswith(name) or letter.reference == name
    ]
    if len(matches) != 1:
        many = f"There are {len(matches)} of" if matches else "There is no"
        raise Problem(
            f"{many} dead letter {name}: run ./stackbot redrive without --message, and take an id"
            " from there. Of one thread it shows ten, until they are gone."
        )
    return matches


def _put_back(
    queue: DeadLetters, selection: Sequence[Letter], behind: int, options: argparse.Namespace
) -> None:
    if not selection:
        if options.json:
            options.json.print({"put_back": []})
        return
    count = len(selection) + (behind if options.all else 0)
    agree(f"Put back {_count(count)} of {options.environment}?", options.yes)
    only = None if options.all else selection[0].id
    with step("Putting back"):
        moves = [{"id": letter.id, "sent_as": new_id} for letter, new_id in queue.put_back(only)]
    if options.json:
        options.json.print({"put_back": moves})
    else:
        sys.stdout.write(f"Put back {_count(len(moves))}, in order within each thread.\n")


def _show(
    letters: Sequence[Letter],
    standings: Mapping[str, Standing],
    behind: int,
    options: argparse.Namespace,
) -> None:
    if options.json:
        entries = [_as_json(letter, standings, texts=options.show_texts) for letter in letters]
        options.json.print({"dead_letters": entries, "behind": behind})
    elif letters:
        _write(letters, standings, texts=options.show_texts)
        if behind:
            sys.stdout.write(f"{behind} more stand behind these, in the same threads.\n")
    else:
        sys.stdout.write(f"No dead letters in {options.environment}.\n")


def _as_json(letter: Letter, standings: Mapping[str, Standing], *, texts: bool) -> dict[str, Any]:
    standing = standings.get(letter.question or "")
    return {
        "id": letter.id,
        "group": letter.group,
        "question": letter.question,
        "reference": letter.reference,
        "surface": letter.surface,
        "age": round(letter.age),
        "state": standing and standing.state,
        "attempts": standing and standing.attempts,
        **({"text": letter.text} if texts else {}),
    }


def _write(letters: Sequence[Letter], standings: Mapping[str, Standing], *, texts: bool) -> None:
    """Print the letters by thread, in the order in which they would be put back."""
    threads: dict[str, list[Letter]] = {}
    for letter in letters:
        threads.setdefault(letter.group, []).append(letter)
    for group, members in threads.items():
        sys.stdout.write(f"Thread {group}\n")
        for letter in members:
            sys.stdout.write(f"  {letter.id}  {_about(letter, standings)}\n")
            if texts and letter.text:
                sys.stdout.write(f"      {' '.join(letter.text.split())[:_TEXT]}\n")


def _about(letter: Letter, standings: Mapping[str, Standing]) -> str:
    parts = [letter.surface, f"{_age(letter.age)} ago"]
    if letter.question:
        parts += [f"question {letter.question.rpartition(':')[2]}", f"reference {letter.reference}"]
    if standing := standings.get(letter.question or ""):
        parts += [
            f"{standing.attempts} attempts",
            _STATES.get(standing.state, standing.state),
        ]
    return ", ".join(parts)


def _age(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _count(number: int) -> str:
    return "1 dead letter" if number == 1 else f"{number} dead letters"
