"""A function's signature and docstring become what the model is told of it."""

from datetime import date
from enum import Enum
from typing import Any, Literal

import pytest

from bot.answering.tools import TOOLS, allowed
from bot.answering.tools.arguments import WrongArgumentsError
from bot.answering.tools.tool import Context, tool


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


@tool("Ordering", "Ordered", seconds=5)
def order(
    what: str,
    count: int,
    when: date,
    size: Size,
    colour: Literal["red", "blue"],
    labels: list[str],
    context: Context,
    price: float = 1.5,
    urgent: bool = False,
    for_whom: str | None = None,
    after: Size = Size.SMALL,
) -> str:
    """Order something. Use it
    for nothing.

    what: what to order,
      in a word
    count: how many
    when: by when
    size: how large
    colour: which colour
    labels: what to write on it
    price: how dear
    urgent: whether it is urgent
    for_whom: who gets it
    after: after which size
    """
    return str((what, count, when, size, colour, labels, context, price, urgent, for_whom, after))


GIVEN: dict[str, Any] = {
    "what": "tea",
    "count": 2,
    "when": "2026-03-31",
    "size": "large",
    "colour": "red",
    "labels": ["a"],
}


def test_the_schema_comes_from_the_signature_and_the_docstring() -> None:
    function = order.schema["function"]
    assert (function["name"], function["description"]) == (
        "order",
        "Order something. Use it for nothing.",
    )
    parameters = function["parameters"]
    assert parameters["additionalProperties"] is False
    assert parameters["required"] == list(parameters["properties"])
    assert parameters["properties"] == {
        "what": {"type": "string", "description": "what to order, in a word"},
        "count": {"type": "integer", "description": "how many"},
        "when": {"type": "string", "format": "date", "description": "by when"},
        "size": {"type": "string", "enum": ["small", "large"], "description": "how large"},
        "colour": {"type": "string", "enum": ["red", "blue"], "description": "which colour"},
        "labels": {
            "type": "array",
            "items": {"type": "string"},
            "description": "what to write on it",
        },
        "price": {"type": ["number", "null"], "description": "how dear (null: 1.5)"},
        "urgent": {
            "type": ["boolean", "null"],
            "description": "whether it is urgent (null: false)",
        },
        "for_whom": {"type": ["string", "null"], "description": "who gets it"},
        "after": {
            "type": ["string", "null"],
            "enum": ["small", "large", None],
            "description": "after which size (null: small)",
        },
    }


def test_arguments_arrive_as_the_function_declares_them() -> None:
    more = '"price": null, "urgent": "true", "count": "3"'
    written = str(GIVEN).replace("'", '"').replace('"count": 2', more)
    assert order.read(written) == {
        "what": "tea",
        "count": 3,
        "when": date(2026, 3, 31),
        "size": Size.LARGE,
        "colour": "red",
        "labels": ["a"],
        "price": 1.5,
        "urgent": True,
        "for_whom": None,
        "after": Size.SMALL,
    }


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("what", 1, "a text"),
        ("count", 2.5, "a whole number"),
        ("count", True, "a number"),
        ("count", "many", "a number"),
        ("count", 10**400, "a number"),
        ("price", float("nan"), "a number of a sensible size"),
        ("urgent", "perhaps", "true or false"),
        ("urgent", [], "true or false"),
        ("when", "2026-02-30", "a date such as 2026-03-31"),
        ("when", 2026, "a date such as 2026-03-31"),
        ("size", "huge", "one of small, large"),
        ("colour", ["red"], "one of red, blue"),
        ("labels", "a", "a list"),
        ("labels", ["a", 1], "a text"),
    ],
)
def test_a_wrong_argument_is_named_in_a_sentence(name: str, value: Any, wrong: str) -> None:
    argument = next(a for a in order._arguments if a.name == name)
    with pytest.raises(WrongArgumentsError) as raised:
        argument.read({name: value})
    assert str(raised.value) == f"The argument {name} must be {wrong}."


@pytest.mark.parametrize("written", ["[]", "tea", "{", '"tea"', "null"])
def test_arguments_are_an_object(written: str) -> None:
    with pytest.raises(WrongArgumentsError, match="must be a JSON object"):
        order.read(written)


def test_a_tool_that_a_model_could_not_call_is_refused_at_once() -> None:
    def untold(what: str) -> str:
        """Do it."""
        return what

    def silent() -> str:
        return ""

    def odd(what: dict[str, str]) -> str:
        """Do it.

        what: what to do
        """
        return str(what)

    make = tool("Doing", "Did", seconds=1)
    for function, why in (
        (untold, "untold: say in the docstring what what is"),
        (silent, "silent: say in the docstring what it does"),
        (odd, "odd: what must be str, int"),
    ):
        with pytest.raises(TypeError, match=why):
            make(function)


def test_an_environment_allows_all_some_or_none() -> None:
    assert allowed(["*"]) == TOOLS
    assert [tool.name for tool in allowed(["count_days"])] == ["count_days"]
    assert allowed([]) == ()
    with pytest.raises(ValueError, match=r"no tool 'drink': set tools in infra/environments\.py"):
        allowed(["drink"])
