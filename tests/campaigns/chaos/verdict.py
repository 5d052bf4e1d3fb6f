"""Judges what Slack shows in the end, and nothing else."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.answering.answerer import MODEL_FAILED
from slack_simulator import Message, Posted
from tests.campaigns.chaos import answers
from tests.campaigns.chaos.answers import Read

Accepted = Mapping[int, tuple[float, float]]
"""When the queue began and ended to take each question: two at the same time have no order."""

FAILURES = ("lost", "doubled", "cut_off", "out_of_order")


@dataclass(slots=True)
class Verdict:
    """The numbers of the questions, by what became of them."""

    asked: list[int] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    quoted: list[int] = field(default_factory=list)
    """Those of the answered that the documents answered."""
    apologised: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    doubled: list[int] = field(default_factory=list)
    cut_off: list[int] = field(default_factory=list)
    out_of_order: list[int] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not any(getattr(self, failure) for failure in FAILURES)


@dataclass(slots=True)
class _Replies:
    """What one question got: the parts of its answers by the model's call, and apologies."""

    answers: dict[int, list[tuple[Message, Read]]] = field(default_factory=dict)
    apologies: list[Message] = field(default_factory=list)
    strays: list[Message] = field(default_factory=list)


def judge(
    threads: Mapping[Posted, Mapping[str, int]],
    messages: Iterable[Message],
    accepted: Accepted,
) -> Verdict:
    """The verdict on what the threads show.

    `threads` has for each root the numbers of its questions by their ids (team:channel:ts).
    """
    posted: dict[tuple[str, str], list[Message]] = defaultdict(list)
    for message in sorted(messages, key=lambda message: float(message.ts)):
        if message.bot:
            posted[message.channel, message.thread_ts or message.ts].append(message)
    verdict = Verdict()
    for root, questions in threads.items():
        _judge_thread(verdict, questions, posted[root.channel, root.ts], accepted)
    for numbers in (getattr(verdict, name) for name in ("asked", "answered", *FAILURES)):
        numbers.sort()
    return verdict


def _judge_thread(
    verdict: Verdict,
    questions: Mapping[str, int],
    messages: Sequence[Message],
    accepted: Accepted,
) -> None:
    references = {hashlib.sha256(q.encode()).hexdigest()[:8]: n for q, n in questions.items()}
    by_number = {number: _Replies() for number in questions.values()}
    order: list[int] = []
    for message in messages:
        number = _file(message, by_number, references, order)
        if number not in order:
            order.append(number)
        elif order[-1] != number:
            verdict.out_of_order.append(number)
    for earlier, later in pairwise(number for number in order if number in accepted):
        if accepted[later][1] < accepted[earlier][0]:
            verdict.out_of_order.append(later)
    for number, replies in by_number.items():
        verdict.asked.append(number)
        _judge_question(verdict, number, replies)


def _file(
    message: Message,
    by_number: Mapping[int, _Replies],
    references: Mapping[str, int],
    order: list[int],
) -> int:
    """Put a message with the question it belongs to, and return that; a stray with the last one."""
    part = answers.read(message.text)
    for number, call in sorted(part.calls):
        if number in by_number:
            by_number[number].answers.setdefault(call, []).append((message, part))
            return number
    for reference, number in references.items():
        if reference in message.text:
            by_number[number].apologies.append(message)
            return number
    number = order[-1] if order else next(iter(by_number))
    by_number[number].strays.append(message)
    return number


def _judge_question(verdict: Verdict, number: int, replies: _Replies) -> None:
    ends = sum(len(part.ends) for parts in replies.answers.values() for _, part in parts)
    kinds = len(replies.answers) + len(replies.apologies)
    if replies.strays or kinds > 1 or ends > 1:
        verdict.doubled.append(number)
    elif kinds == 0:
        verdict.lost.append(number)
    elif replies.apologies:
        verdict.apologised.append(number)
    else:
        ((call, parts),) = replies.answers.items()
        if not _whole(call, parts):
            return verdict.cut_off.append(number)
        verdict.answered.append(number)
        if call == answers.DOCUMENTS:
            verdict.quoted.append(number)
    return None


def _whole(call: int, parts: Sequence[tuple[Message, Read]]) -> bool:
    """Whether an answer is all there, closed, with its code fences and with its label."""
    messages = [message for message, _ in parts]
    finished = not any(message.streaming for message in messages)
    fenced = all(_fences(message) % 2 == 0 for message in messages)
    labelled = call != answers.DOCUMENTS or MODEL_FAILED in messages[-1].text
    return finished and fenced and labelled and answers.is_whole(part for _, part in parts)


def _fences(message: Message) -> int:
    return sum(line.lstrip().startswith("```") for line in message.text.splitlines())
