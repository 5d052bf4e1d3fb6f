"""A tool's arguments: their JSON schema by the function's signature, and their values.

The schema follows OpenAI's strict mode (https://platform.openai.com/docs/guides/function-calling),
which every other server understands: each argument is required, and one with a default may be
null. The values are checked here nevertheless, since most servers don't.
"""

import inspect
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

Json = dict[str, Any]

_MANDATORY = inspect.Parameter.empty
_HALF_SIGN = re.compile("[\ud800-\udfff]")
"""JSON can spell one, and nothing can write it down: `\\ud83d` without its other half."""


class WrongArgumentsError(Exception):
    """The model sent wrong arguments; the message is a sentence for the model."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a tool, as the function declares it."""

    name: str
    annotation: Any
    about: str
    default: Any

    @property
    def schema(self) -> Json:
        schema = _kind(self.annotation)
        if self.default is _MANDATORY:
            return {**schema, "description": self.about}
        optional: Json = {"type": [schema["type"], "null"]}
        if "enum" in schema:
            optional["enum"] = [*schema["enum"], None]
        about = "" if self.default is None else f" (null: {_spelled(self.default)})"
        return {**schema, **optional, "description": f"{self.about}{about}"}

    def read(self, values: Mapping[str, Any]) -> Any:
        """The argument's value among those that the model sent. Raises `WrongArgumentsError`."""
        value = values.get(self.name)
        if value is None and self.default is not _MANDATORY:
            return self.default
        if value is None:
            raise WrongArgumentsError(f"The argument {self.name} is missing.")
        try:
            return _read(self.annotation, value)
        except ValueError as error:
            raise WrongArgumentsError(f"The argument {self.name} must be {error}.") from error


def arguments_of(function: Callable[..., Any], context: type) -> tuple[str, list[Argument]]:
    """The name of the parameter that takes the context, or "", and the arguments for the model.

    Raises TypeError for an argument without a type that JSON has, or without a description in the
    docstring.
    """
    context_name, arguments = "", []
    about = dict(_described(function))
    for name, parameter in inspect.signature(function, eval_str=True).parameters.items():
        if parameter.annotation is context:
            context_name = name
            continue
        if not about.get(name):
            raise TypeError(f"{function.__name__}: say in the docstring what {name} is.")
        annotation = _without_none(parameter.annotation)
        try:
            _kind(annotation)
        except TypeError as error:
            raise TypeError(f"{function.__name__}: {name} {error}.") from None
        arguments.append(Argument(name, annotation, about[name], parameter.default))
    return context_name, arguments


def schema_of(arguments: Iterable[Argument]) -> Json:
    properties = {argument.name: argument.schema for argument in arguments}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def summary_of(function: Callable[..., Any]) -> str:
    """The docstring up to the descriptions of the arguments."""
    lines = (inspect.getdoc(function) or "").splitlines()
    names = inspect.signature(function).parameters
    end = next((n for n, line in enumerate(lines) if line.partition(":")[0] in names), len(lines))
    summary = " ".join(" ".join(lines[:end]).split())
    if not summary:
        raise TypeError(f"{function.__name__}: say in the docstring what it does, for the model.")
    return summary


def _described(function: Callable[..., Any]) -> Iterable[tuple[str, str]]:
    """The docstring's lines `name: what it is`; what is indented below belongs to it."""
    name, about = "", ""
    for line in (inspect.getdoc(function) or "").splitlines():
        head, colon, text = line.partition(": ")
        if colon and head.isidentifier():
            yield name, about
            name, about = head, text.strip()
        elif name and line.startswith(" "):
            about += f" {line.strip()}"
    yield name, about


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not types.NoneType]
        return kinds[0] if len(kinds) == 1 else annotation
    return annotation


_SIMPLE: dict[Any, Json] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
}


def _kind(annotation: Any) -> Json:
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    if get_origin(annotation) is list:
        return {"type": "array", "items": _kind(get_args(annotation)[0])}
    if choices := _choices(annotation):
        return {"type": "string", "enum": list(choices)}
    raise TypeError(
        "must be str, int, float, bool, date, a Literal or an Enum of strings, or a list of them"
    )


def _choices(annotation: Any) -> dict[str, Any]:
    """The values that a model can choose from, with what the function gets for each."""
    if get_origin(annotation) is Literal:
        choices = {choice: choice for choice in get_args(annotation)}
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        choices = {member.value: member for member in annotation}
    else:
        return {}
    return choices if all(isinstance(choice, str) for choice in choices) else {}


def _read(annotation: Any, value: Any) -> Any:
    """Convert a value. Raises ValueError that says what it must be.

    Numbers in quotes are accepted, since small models write them.
    """
    if get_origin(annotation) is list:
        if not isinstance(value, list):
            raise ValueError("a list")
        return [_read(get_args(annotation)[0], item) for item in value]
    if choices := _choices(annotation):
        if not isinstance(value, str) or value not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return choices[value]
    return _SIMPLE_READERS[annotation](value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or _HALF_SIGN.search(value):
        raise ValueError("a text")
    return value


def _whole(value: Any) -> int:
    number = _number(value)
    if not number.is_integer():
        raise ValueError("a whole number")
    return int(number)


def _number(value: Any) -> float:
    try:
        number = float("" if isinstance(value, bool) else value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("a number") from None
    if not abs(number) < 1e15:
        raise ValueError("a number of a sensible size")
    return number


def _truth(value: Any) -> bool:
    if value not in (True, False, "true", "false"):
        raise ValueError("true or false")
    return value in (True, "true")


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("a date such as 2026-03-31") from None


_SIMPLE_READERS: dict[Any, Callable[[Any], Any]] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _truth,
    date: _day,
}


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.value if isinstance(value, Enum) else value)
