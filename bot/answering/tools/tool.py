"""Makes a tool of a function: `@tool` sets its labels for people and its time limit."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.answering.events import Question
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import Passage
from bot.answering.tools.arguments import (
    Argument,
    Json,
    WrongArgumentsError,
    arguments_of,
    schema_of,
    summary_of,
)

Result = str | Sequence[Passage]
"""What a tool returns: text for the model, or passages, which it may also cite."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a tool can use besides its arguments, by a parameter of this type.

    `index` shows only what the asker may see. At `deadline`, by `time.monotonic()`, the answer
    is due.
    """

    question: Question
    index: Index
    deadline: float


@dataclass(frozen=True)
class Tool:
    """A function that the model may call, with the labels that people see during and after it."""

    function: Callable[..., Result]
    doing: str
    done: str
    seconds: float
    subject: str
    for_outsiders: bool = False
    """Whether it may be called where people from outside have written part of the prompt."""

    def __call__(self, *args: Any, **kwargs: Any) -> Result:
        return self.function(*args, **kwargs)

    @property
    def name(self) -> str:
        return self.function.__name__

    @cached_property
    def schema(self) -> Json:
        """The tool's description for Chat Completions."""
        function = {
            "name": self.name,
            "description": summary_of(self.function),
            "parameters": schema_of(self._arguments),
        }
        return {"type": "function", "function": function}

    def read(self, arguments: str) -> dict[str, Any]:
        """The arguments that a model wrote as JSON. Raises `WrongArgumentsError`."""
        try:
            values = json.loads(arguments or "{}")
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, Mapping):
            raise WrongArgumentsError("The arguments must be a JSON object.")
        names = [argument.name for argument in self._arguments]
        if unknown := [name for name in values if name not in names]:
            raise WrongArgumentsError(
                f"There is no argument {unknown[0]}: there is {', '.join(names) or 'none'}."
            )
        return {argument.name: argument.read(values) for argument in self._arguments}

    def run(self, arguments: Mapping[str, Any], context: Context) -> Result:
        """Call the function. Raises whatever it raises."""
        extra = {self._context: context} if self._context else {}
        return self.function(**arguments, **extra)

    @cached_property
    def _declared(self) -> tuple[str, list[Argument]]:
        return arguments_of(self.function, Context)

    @property
    def _context(self) -> str:
        return self._declared[0]

    @property
    def _arguments(self) -> list[Argument]:
        return self._declared[1]


def tool(
    doing: str, done: str, *, seconds: float, subject: str = "", for_outsiders: bool = False
) -> Callable[[Callable[..., Result]], Tool]:
    """Make a tool of the function below, named as it is, described by its docstring.

    `doing` and `done` are for people: "Searching the documents", "Searched the documents".
    After `seconds` the model goes on without it. `subject` names the argument that people see.
    `for_outsiders`: it may be called, too, where people from outside have written part of the
    prompt, and so may steer the model.
    Raises TypeError where the model could not be told how to call it.
    """

    def make(function: Callable[..., Result]) -> Tool:
        new_tool = Tool(function, doing, done, seconds, subject, for_outsiders)
        _ = new_tool.schema  # so that a mistake is seen at the start
        return new_tool

    return make
