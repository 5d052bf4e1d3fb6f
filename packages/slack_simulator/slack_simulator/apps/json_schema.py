"""The part of JSON Schema that Slack's manifest schema needs; workflows are not checked."""

import re
from collections.abc import Iterator
from typing import Any

from slack_simulator.shapes import Json

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}


def problems(value: Any, schema: Json, whole: Json, pointer: str = "") -> Iterator[Json]:
    """What is wrong with a value, as Slack's {message, pointer}; `whole` is where `$ref`s lead."""
    while "$ref" in schema:
        schema = whole["definitions"][schema["$ref"].removeprefix("#/definitions/")]
    kind = schema.get("type")
    if kind and not _is_a(value, kind):
        yield _problem(f"Must be of type {kind}", pointer)
        return
    if "enum" in schema and value not in schema["enum"]:
        yield _problem(f"Must be one of {', '.join(map(str, schema['enum']))}", pointer)
    if isinstance(value, str):
        yield from _of_text(value, schema, pointer)
    if isinstance(value, list):
        yield from _of_list(value, schema, whole, pointer)
    if isinstance(value, dict):
        yield from _of_object(value, schema, whole, pointer)


def _is_a(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def _of_text(value: str, schema: Json, pointer: str) -> Iterator[Json]:
    if len(value) < schema.get("minLength", 0):
        yield _problem(f"Must have at least {schema['minLength']} characters", pointer)
    if len(value) > schema.get("maxLength", len(value)):
        yield _problem(f"Must have at most {schema['maxLength']} characters", pointer)
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield _problem(f"Must match {schema['pattern']}", pointer)


def _of_list(value: list[Any], schema: Json, whole: Json, pointer: str) -> Iterator[Json]:
    if len(value) < schema.get("minItems", 0):
        yield _problem(f"Must have at least {schema['minItems']} items", pointer)
    if len(value) > schema.get("maxItems", len(value)):
        yield _problem(f"Must have at most {schema['maxItems']} items", pointer)
    if schema.get("uniqueItems") and any(item in value[:n] for n, item in enumerate(value)):
        yield _problem("Must not have an item twice", pointer)
    for number, item in enumerate(value):
        yield from problems(item, schema.get("items", {}), whole, f"{pointer}/{number}")


def _of_object(value: Json, schema: Json, whole: Json, pointer: str) -> Iterator[Json]:
    for name in schema.get("required", ()):
        if name not in value:
            yield _problem(f"Missing required field: {name}", pointer)
    fields = schema.get("properties", {})
    for name, item in value.items():
        if name in fields:
            yield from problems(item, fields[name], whole, f"{pointer}/{name}")
        elif schema.get("additionalProperties") is False and "patternProperties" not in schema:
            yield _problem(f"Unknown field: {name}", pointer)


def _problem(message: str, pointer: str) -> Json:
    return {"message": message, "pointer": pointer or "/"}
