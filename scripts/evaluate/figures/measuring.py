"""Asks every question of a set, some at a time, and judges what comes back."""

import queue
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field

from scripts.evaluate.bots import Asker, Reply, Stopped
from scripts.evaluate.cases import Case
from scripts.evaluate.figures.figures import figures
from scripts.evaluate.figures.intervals import Part
from scripts.evaluate.judging import Judge, Verdict
from scripts.terminal.problem import Problem


@dataclass(frozen=True, slots=True)
class Measured:
    """One question: what came back, and what it adds to each figure.

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
    cases: Sequence[Case], asker: Asker, judge: Judge | None, answer: bool = True
) -> Generator[Measured]:
    """Each question's result as soon as it is there.

    Closing the iterator, as Ctrl-C does, waits for no answer that is under way.
    """
    waiting: queue.SimpleQueue[Case] = queue.SimpleQueue()
    done: queue.SimpleQueue[Measured] = queue.SimpleQueue()
    for case in cases:
        waiting.put(case)
    left = threading.Event()

    def work() -> None:
        while not left.is_set():
            try:
                case = waiting.get_nowait()
            except queue.Empty:
                return
            done.put(_measured(case, asker, judge, answer, left.is_set))

    for _ in range(min(asker.at_once, len(cases))):
        threading.Thread(target=work, daemon=True).start()
    try:
        for _ in cases:
            yield done.get()
    finally:
        left.set()


def _measured(
    case: Case, asker: Asker, judge: Judge | None, answer: bool, stopped: Callable[[], bool]
) -> Measured:
    """Whatever fails here is the failure of this question, and the others go on."""
    try:
        reply = asker.ask(case.question, answer and _worth_answering(case), stopped)
    except Stopped:
        return Measured(case, failure="stopped")
    except Exception as error:  # a server may fail in more ways than anyone can list
        told = str(error) if isinstance(error, Problem) else f"{type(error).__name__}: {error}"
        return Measured(case, failure=told)
    verdict, unjudged = None, ""
    if judge and reply.text and case.answerable and (case.points or case.answer):
        try:
            verdict = judge.judge(case, reply.text)
        except Problem as problem:
            unjudged = str(problem)
    return Measured(case, reply, verdict, "", unjudged, figures(case, reply, verdict))


def _worth_answering(case: Case) -> bool:
    """Whether there is anything to hold an answer against."""
    return bool(case.points or case.answer or not case.answerable)
