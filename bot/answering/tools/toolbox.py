"""Runs the tools that a model calls, each in a thread of its own, within its time limit.

Failures are told to the model in a sentence, and it goes on from there.
"""

import json
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bot.answering.events import Task, Trouble, Waiting
from bot.answering.grounding.context import AnswerContext
from bot.answering.grounding.links import without_unknown
from bot.answering.hygiene import CONTROL_TOKEN, for_model, visible
from bot.answering.model import context_window, prompt
from bot.answering.model.calls import NO_TOOLS, Call, Calls, Offer
from bot.answering.model.prompt import ChatMessage
from bot.answering.retrieval.index import Hit
from bot.answering.retrieval.passages import Passage
from bot.answering.tools.arguments import WrongArgumentsError
from bot.answering.tools.tool import Context, Result, Tool

ROUNDS = 3
CALLS_A_ROUND = 3
RESULT_TOKENS = 2_500
"""Of one call's result; what is longer is cut, as a model reads everything again each round."""

_TICK = 1.0
_SUBJECT_CHARACTERS = 80

_FAILED = "The tool failed. Answer without it."
_TOO_LATE = "The tool took too long. Answer without it."
_NO_ROOM = "Not called: there is no room for more. Answer from what you have."
_LEAST_TOKENS = 200
_TOO_MANY = f"Not called: there may be {CALLS_A_ROUND} calls at once."
_AGAIN = "Not called again: the result stands above."


def instructions() -> str:
    """The instructions about tools, which follow the others in the system prompt."""
    return Path(__file__).with_name("instructions.md").read_text(encoding="utf-8")


class Toolbox:
    """The tools for one answer, and the calls so far.

    The passages that they return are added to `material`. `ran` says whether the model has called
    anything, `has_uncitable_results` whether a tool returned text, which cannot be cited.
    """

    def __init__(self, tools: Sequence[Tool], context: Context, material: AnswerContext) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._context, self._material = context, material
        self._called: set[tuple[str, str]] = set()
        self._tasks = 0
        self.ran = self.has_uncitable_results = False

    def offers(self) -> Iterator[Offer]:
        """The offer of each request: tools for `ROUNDS` rounds, then tools that may not be called.

        Ollama lets a model call those as well, so the last offer has no tools.
        """
        if self._tools:
            schemas = [tool.schema for tool in self._tools.values()]
            yield from [Offer(schemas)] * ROUNDS
            yield Offer(schemas, may_call=False)
        yield NO_TOOLS

    def run(
        self, calls: Calls, room: int
    ) -> Generator[Task | Trouble | Waiting, None, list[ChatMessage]]:
        """Run the calls of a round in parallel; returns the model's messages about each.

        There is `room` for so many tokens in all. Closing this abandons what still runs.
        """
        most = min(RESULT_TOKENS, room // min(len(calls.calls), CALLS_A_ROUND))
        answers: list[_Running | str] = []
        self.ran = True
        for number, call in enumerate(calls.calls):
            started = self._start(call, most) if number < CALLS_A_ROUND else _TOO_MANY
            if isinstance(started, _Running):
                yield started.task("running")
            answers.append(started)
        responses: list[ChatMessage] = []
        for call, answer in zip(calls.calls, answers, strict=True):
            text = answer if isinstance(answer, str) else (yield from self._end(answer, most))
            responses.append({"role": "tool", "tool_call_id": call.id, "content": text})
        return responses

    def _start(self, call: Call, most: int) -> "_Running | str":
        """The running call, or a sentence for the model why it was not started."""
        tool = self._tools.get(call.name)
        if not tool:
            return (
                f"There is no tool {for_model(call.name[:80])}: there are {', '.join(self._tools)}."
            )
        try:
            arguments = tool.read(call.arguments)
        except WrongArgumentsError as error:
            return f"Not called: {error}"
        if most < _LEAST_TOKENS:
            return _NO_ROOM
        once = tool.name, json.dumps(arguments, default=str, sort_keys=True)
        if once in self._called:
            return _AGAIN
        self._called.add(once)
        self._tasks += 1
        running = _Running(tool, str(self._tasks), self._subject(tool, arguments))
        running.start(lambda: tool.run(arguments, self._context), self._context.deadline)
        return running

    def _subject(self, tool: Tool, arguments: Mapping[str, Any]) -> str:
        """The subject of a call for people: the model's text in one line, without unknown links."""
        text = visible(str(arguments.get(tool.subject, "")))
        line = " ".join(CONTROL_TOKEN.sub(" ", text).split())
        line = without_unknown(line, self._material.links, code=False)
        return line if len(line) <= _SUBJECT_CHARACTERS else f"{line[: _SUBJECT_CHARACTERS - 1]}…"

    def _end(
        self, running: "_Running", most: int
    ) -> Generator[Task | Trouble | Waiting, None, str]:
        """Wait for a call; returns the response for the model."""
        while not (outcome := running.outcome()):
            yield Waiting()
        result = outcome[0]
        if isinstance(result, Exception):
            yield Trouble("tool_failed", f"{running.tool.name} {type(result).__name__}")
            yield running.task("failed")
            return _TOO_LATE if isinstance(result, TimeoutError) else _FAILED
        text = self._response(result, most)
        yield running.task("done")
        return text

    def _response(self, result: Result, most: int) -> str:
        """A result as the model reads it, in at most `most` tokens."""
        if isinstance(result, str):
            self.has_uncitable_results = True
            self._material.know([result])
            return prompt.result(context_window.cut(result, most))
        hits = context_window.best([Hit(passage, 0.0) for passage in result], most)
        return "\n\n".join(map(self._show, hits)) or "Nothing fits."

    def _show(self, new_hit: Hit) -> str:
        """A passage as the model reads it; a repeated one is named by its number only."""
        for number, hit in enumerate(self._material.hits, 1):
            if hit.passage == new_hit.passage:
                return f"Passage {number} again."
        self._material.add([new_hit])
        return prompt.numbered(len(self._material.hits), new_hit)


@dataclass(slots=True)
class _Running:
    """A running call. A thread cannot be stopped, so one that hangs is abandoned."""

    tool: Tool
    id: str
    subject: str
    _arrived: "queue.SimpleQueue[Result | Exception]" = field(default_factory=queue.SimpleQueue)
    _due: float = 0.0

    def start(self, run: Callable[[], Result], deadline: float) -> None:
        self._due = min(time.monotonic() + self.tool.seconds, deadline)
        threading.Thread(target=self._run, args=(run,), daemon=True).start()

    def outcome(self) -> tuple[Result | Exception] | None:
        """The result in a tuple of one; None if there is none after a second."""
        remaining = self._due - time.monotonic()
        try:
            return (self._arrived.get(timeout=max(0.0, min(_TICK, remaining))),)
        except queue.Empty:
            return (TimeoutError(),) if remaining <= _TICK else None

    def task(self, state: Literal["running", "done", "failed"]) -> Task:
        titles = {
            "running": self.tool.doing,
            "done": self.tool.done,
            "failed": f"{self.tool.doing} did not work",
        }
        return Task(self.id, titles[state], self.subject, state)

    def _run(self, run: Callable[[], Result]) -> None:
        try:
            self._arrived.put(_checked(run()))
        except Exception as error:  # a tool may be anything, and the answer goes on without it
            self._arrived.put(error)


def _checked(result: Result) -> Result:
    """The result. Raises if it is neither passages nor text that can be sent."""
    if isinstance(result, str):
        result.encode()
        return result
    passages = list(result)
    if not all(isinstance(passage, Passage) for passage in passages):
        raise TypeError
    return passages
