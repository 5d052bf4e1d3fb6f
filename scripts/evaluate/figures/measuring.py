"""Asks a bot every question of a set, several at a time, and has the answers judged."""

import queue
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field

from scripts.evaluate.bots import Bot, Reply, Stopped
from scripts.evaluate.cases import Case
from scripts.evaluate.figures.figures import figures
from scripts.evaluate.figures.intervals import Part
from scripts.evaluate.judging import Judge, Verdict
from scripts.terminal.problem import Problem


@dataclass(frozen=True, slots=True)
class Measured:
    """One question's reply, and what it adds to each figure.

    `failure` is why there is no reply; such a question adds nothing. `unjudged` is why the judge
    gave no verdict.
    """

    case: Case
    reply: Reply = field(default_factory=Reply)
    verdict: Verdict | None = None
    failure: str = ""
    unjudged: str = ""
    parts: Mapping[str, Part] = field(default_factory=dict)


def measure(
    cases: Sequence[Case], bot: Bot, judge: Judge | None, answer: bool = True
) -> Generator[Measured]:
    """Each question's result as soon as it is there, in no order.

    Closing the iterator, as Ctrl-C does, does not wait for answers that are under way.
    """
    waiting: queue.SimpleQueue[Case] = queue.SimpleQueue()
    done: queue.SimpleQueue[Measured] = queue.SimpleQueue()
    for case in cases:
        waiting.put(case)
    closed = threading.Event()

    def work() -> None:
        while not closed.is_set():
            try:
                case = waiting.get_nowait()
            except queue.Empty:
                return
            done.put(_measured(case, bot, judge, answer, closed.is_set))

    for _ in range(min(bot.at_once, len(cases))):
        threading.Thread(target=work, daemon=True).start()
    try:
        for _ in cases:
            yield done.get()
    finally:
        closed.set()


def _measured(
    case: Case, bot: Bot, judge: Judge | None, answer: bool, stopped: Callable[[], bool]
) -> Measured:
    """One question's result. An error is this question's failure, and the others go on."""
    try:
        reply = bot.ask(case.question, answer and _worth_answering(case), stopped)
    except Stopped:
        return Measured(case, failure="stopped")
    except Exception as error:  # a server may fail in more ways than anyone can list
        is_problem = isinstance(error, Problem)
        failure = str(error) if is_problem else f"{type(error).__name__}: {error}"
        return Measured(case, failure=failure)
    verdict, unjudged = None, ""
    if judge and reply.text and case.answerable and (case.points or case.answer):
        try:
            verdict = judge.judge(case, reply.text)
        except Problem as problem:
            unjudged = str(problem)
    return Measured(case, reply, verdict, "", unjudged, figures(case, reply, verdict))


def _worth_answering(case: Case) -> bool:
    """Whether the case says anything that an answer can be compared with."""
    return bool(case.points or case.answer or not case.answerable)
