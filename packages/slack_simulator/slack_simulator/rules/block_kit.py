"""Block Kit's rules: what Slack refuses to show, and why."""

from collections.abc import Iterator
from typing import Any

from slack_simulator.rules.errors import SlackError
from slack_simulator.rules.limits import Limits
from slack_simulator.shapes import Json
from slack_simulator.workspace import text as texts

BLOCK_TYPES = {
    "actions", "alert", "auth_provider", "call", "card", "carousel", "container", "context",
    "context_actions", "divider", "file", "header", "image", "input", "markdown", "plan",
    "rich_text", "section", "table", "task_card", "video",
}  # fmt: skip
_NEEDS = {
    "actions": "elements", "context": "elements", "context_actions": "elements",
    "header": "text", "markdown": "text", "rich_text": "elements", "table": "rows",
    "image": "alt_text", "task_card": "task_id", "input": "element",
}  # fmt: skip
_MOST = {"actions": 25, "context": 10, "context_actions": 5}
"""Elements that a block holds at most: https://docs.slack.dev/reference/block-kit/blocks"""


def check(blocks: list[Json], limits: Limits, most: str = "blocks") -> None:
    """Refuse blocks as Slack would. Raises SlackError: `invalid_blocks` and its like."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format", "blocks must be a list of objects")
    if len(blocks) > limits[most]:
        raise SlackError("invalid_blocks", f"no more than {limits[most]:g} items allowed [/blocks]")
    for number, block in enumerate(blocks):
        for problem in _problems(block, limits):
            raise SlackError("invalid_blocks", f"{problem} [json-pointer:/blocks/{number}]")
    if limits[most] < sum(_expanded(block) for block in blocks):
        raise SlackError("msg_blocks_too_long", "the markdown expands to too many blocks")
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > limits["markdown_text"]:
        raise SlackError("msg_blocks_too_long", "markdown blocks hold too much text together")


def check_message(text: str, blocks: list[Json], limits: Limits) -> None:
    """A whole message: its blocks, and the size of what it shows."""
    check(blocks, limits)
    visible = texts.visible(blocks) if blocks else text
    if max(len(visible), len(text)) > limits["message_text"]:
        raise SlackError("msg_too_long")


def _problems(block: Json, limits: Limits) -> Iterator[str]:
    kind = block.get("type")
    if kind not in BLOCK_TYPES:
        yield f"unsupported type: {kind}"
        return
    if kind in _NEEDS and not block.get(_NEEDS[kind]):
        yield f"missing required field: {_NEEDS[kind]}"
        return
    if len(block.get("elements") or []) > _MOST.get(kind, 10_000):
        yield f"no more than {_MOST[kind]} items allowed in elements"
    match kind:
        case "section":
            yield from _section(block, limits)
        case "header":
            yield from _too_long(block["text"], 150)
        case "table":
            yield from _table(block["rows"], limits)
        case "markdown" if not isinstance(block["text"], str):
            yield "text must be a string"
    yield from _values(block, limits)


def _section(block: Json, limits: Limits) -> Iterator[str]:
    if not block.get("text") and not block.get("fields"):
        yield "missing required field: text"
    if block.get("text"):
        yield from _too_long(block["text"], limits["section_text"])
    if len(block.get("fields") or []) > 10:
        yield "no more than 10 fields allowed"
    for field in block.get("fields") or []:
        yield from _too_long(field, 2_000)


def _table(rows: list[list[Json]], limits: Limits) -> Iterator[str]:
    if len(rows) > limits["table_rows"]:
        yield f"no more than {limits['table_rows']:g} rows allowed"
    if max((len(row) for row in rows), default=0) > limits["table_columns"]:
        yield f"no more than {limits['table_columns']:g} columns allowed"


def _too_long(text: Any, most: float) -> Iterator[str]:
    if not isinstance(text, dict) or not text.get("text"):
        yield "a text object needs text"
    elif len(text["text"]) > most:
        yield f"must be less than {most + 1:g} characters"


def _values(value: Any, limits: Limits) -> Iterator[str]:
    """Values of buttons and the like, wherever they are."""
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            yield from _values(item, limits)
    if not isinstance(value, dict):
        return
    if isinstance(value.get("value"), str) and len(value["value"]) > limits["value"]:
        yield f"value must be less than {limits['value'] + 1:g} characters"
    if value.get("type") == "button":
        yield from _too_long(value.get("text"), 75)


def _expanded(block: Json) -> int:
    """Slack takes a markdown block apart: each table and picture becomes a block of its own."""
    if block["type"] != "markdown":
        return 1
    text = str(block["text"])
    return 1 + 2 * _tables(text) + text.count("![")


def _tables(markdown: str) -> int:
    lines = [line.strip() for line in markdown.splitlines()]
    return sum(1 for line in lines if "|" in line and "-" in line and not line.strip("|:- "))
