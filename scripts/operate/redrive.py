"""`./stackbot redrive`: what the worker gave up on, and how it gets another try."""

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
        chosen = _chosen(letters, options.message) if options.message else letters
        if options.all or options.message:
            if not options.json:
                _show(chosen, standings, 0, options)
            _put_back(queue, chosen, behind, options)
        else:
            _show(letters, standings, behind, options)
    return 0


def _drop_erased(deployed: Deployed) -> None:
    """Delete what comes from people who have had all deleted since, and was hidden then."""
    with deployed.table() as table:
        letters = DeadLetterQueue(table.aws, deployed.outputs["DeadLetterQueueUrl"])
        letters.delete(partial(is_erased, table))


def _with_questions(deployed: Deployed, letters: Sequence[Letter]) -> list[Letter]:
    """The letters, those of "Try again" with the question that was to be tried again."""
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


def _chosen(letters: Sequence[Letter], name: str) -> list[Letter]:
    """The one letter that is meant. Raises `Problem` for none, and for several."""
    found = [one for one in letters if one.id.startswith(name) or one.reference == name]
    if len(found) != 1:
        many = f"There are {len(found)} of" if found else "There is no"
        raise Problem(
            f"{many} dead letter {name}: run ./stackbot redrive without --message, and take an id"
            " from there. Of one thread it shows ten, until they are gone."
        )
    return found


def _put_back(
    queue: DeadLetters, chosen: Sequence[Letter], behind: int, options: argparse.Namespace
) -> None:
    if not chosen:
        if options.json:
            options.json.print({"put_back": []})
        return
    count = len(chosen) + (behind if options.all else 0)
    agree(f"Put back {_count(count)} of {options.environment}?", options.yes)
    only = None if options.all else chosen[0].id
    with step("Putting back"):
        done = [{"id": one.id, "sent_as": new} for one, new in queue.put_back(only)]
    if options.json:
        options.json.print({"put_back": done})
    else:
        sys.stdout.write(f"Put back {_count(len(done))}, in order within each thread.\n")


def _show(
    letters: Sequence[Letter],
    standings: Mapping[str, Standing],
    behind: int,
    options: argparse.Namespace,
) -> None:
    if options.json:
        told = [_told(one, standings, texts=options.show_texts) for one in letters]
        options.json.print({"dead_letters": told, "behind": behind})
    elif letters:
        _write(letters, standings, texts=options.show_texts)
        if behind:
            sys.stdout.write(f"{behind} more stand behind these, in the same threads.\n")
    else:
        sys.stdout.write(f"No dead letters in {options.environment}.\n")


def _told(one: Letter, standings: Mapping[str, Standing], *, texts: bool) -> dict[str, Any]:
    standing = standings.get(one.question or "")
    return {
        "id": one.id,
        "group": one.group,
        "question": one.question,
        "reference": one.reference,
        "surface": one.surface,
        "age": round(one.age),
        "state": standing and standing.state,
        "attempts": standing and standing.attempts,
        **({"text": one.text} if texts else {}),
    }


def _write(letters: Sequence[Letter], standings: Mapping[str, Standing], *, texts: bool) -> None:
    """Thread by thread, in the order in which they would be put back."""
    threads: dict[str, list[Letter]] = {}
    for one in letters:
        threads.setdefault(one.group, []).append(one)
    for group, of_it in threads.items():
        sys.stdout.write(f"Thread {group}\n")
        for one in of_it:
            sys.stdout.write(f"  {one.id}  {_about(one, standings)}\n")
            if texts and one.text:
                sys.stdout.write(f"      {' '.join(one.text.split())[:_TEXT]}\n")


def _about(one: Letter, standings: Mapping[str, Standing]) -> str:
    told = [one.surface, f"{_age(one.age)} ago"]
    if one.question:
        told += [f"question {one.question.rpartition(':')[2]}", f"reference {one.reference}"]
    if standing := standings.get(one.question or ""):
        told += [
            f"{standing.attempts} attempts",
            _STATES.get(standing.state, standing.state),
        ]
    return ", ".join(told)


def _age(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _count(number: int) -> str:
    return "1 dead letter" if number == 1 else f"{number} dead letters"
