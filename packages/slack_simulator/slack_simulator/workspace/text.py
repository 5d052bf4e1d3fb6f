"""What a message shows, whom it would notify, and the rich text that Slack makes of it."""

import re
from collections.abc import Iterator
from typing import Any

from slack_simulator.shapes import Json

_PING = re.compile(
    r"<!(?:channel|here|everyone)(?:\|[^>]*)?>|<@[UW][A-Z0-9]+(?:\|[^>]*)?>|<!subteam\^\w+(?:\|[^>]*)?>"
)
"""`<!channel>`, `<!here|here>`, `<@U0ADA>`, `<@U0ADA|ada>`, `<!subteam^S0ENGINEERS|@engineers>`:
https://docs.slack.dev/messaging/formatting-message-text#mentioning-users
"""
_LINKED_NAME = re.compile(r"(?<![\w<!@])@(channel|here|everyone)\b")
"""`@here` as plain text, which notifies where `link_names` is set; not that of `me@here`."""

# Fenced code ("```py\n…\n```", "~~~"), then code spans ("`a`", "``a`b``"), which end with their
# paragraph: https://spec.commonmark.org/0.31.2/#fenced-code-blocks
_CODE = re.compile(
    r"(?ms)^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*\s*$|\Z)"
    r"|(?<!`)(`+)(?!`)(?:(?!\n\s*\n).)*?(?<!`)\2(?!`)"
)
_SILENT = {"actions", "context_actions", "divider", "task_card", "plan", "call", "file"}


def visible(blocks: list[Json]) -> str:
    """The blocks' text, a line each, in its own markup; buttons and task cards are left out."""
    return "\n".join(text for block in blocks if (text := _visible(block)))


def _visible(block: Json) -> str:
    kind = block.get("type")
    if kind in _SILENT:
        return ""
    if kind == "rich_text":
        return "\n".join(_inline(element) for element in block.get("elements", []))
    if kind == "table":
        return "\n".join(" | ".join(_inline(cell) for cell in row) for row in block["rows"])
    if kind == "context":
        return " ".join(_inline(element) for element in block.get("elements", []))
    parts = [
        _inline(block[key])
        for key in ("title", "subtitle", "text", "body", "label")
        if block.get(key)
    ]
    parts += [_inline(field) for field in block.get("fields") or []]
    return "\n".join(part for part in parts if part)


def _inline(value: Any) -> str:
    """Text of whatever holds text: a string, a text object, a rich-text element."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return ""
    if value.get("type") == "user":
        return f"<@{value['user_id']}>"
    if value.get("type") == "broadcast":
        return f"<!{value['range']}>"
    if value.get("type") == "link":
        return str(value.get("text") or value.get("url", ""))
    if "elements" in value:
        separator = "\n" if value.get("type") == "rich_text_list" else ""
        return separator.join(_inline(element) for element in value["elements"])
    return str(value.get("text") or value.get("alt_text") or "")


def pings(text: str, blocks: list[Json], link_names: bool = False) -> list[str]:
    """Whom Slack would notify, as `<!channel>` or `<@U…>`; the text counts only without blocks."""
    mentions: list[str] = []
    if blocks:
        for block in blocks:
            mentions += _block_pings(block)
    else:
        mentions += _PING.findall(text)
        if link_names:
            mentions += [f"<!{name}>" for name in _LINKED_NAME.findall(text)]
    return list(dict.fromkeys(_plain(ping) for ping in mentions))


def _block_pings(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _block_pings(item)
    elif isinstance(value, dict):
        match value.get("type"):
            case "mrkdwn":
                yield from _PING.findall(str(value.get("text", "")))
            case "markdown":
                yield from _markdown_pings(str(value.get("text", "")))
            case "user":
                yield f"<@{value.get('user_id')}>"
            case "broadcast":
                yield f"<!{value.get('range')}>"
            case _:
                yield from _block_pings(list(value.values()))


def _markdown_pings(text: str) -> list[str]:
    """In Markdown neither code nor what a backslash escapes is a mention."""
    return _PING.findall(re.sub(r"\\<", "", _CODE.sub("", text)))


def _plain(ping: str) -> str:
    """`<@U0ADA|ada>` without its label: `<@U0ADA>`."""
    return re.sub(r"\|[^>]*>$", ">", ping)


def rich_text(text: str) -> list[Json]:
    """The block Slack's own clients send along with what a person types."""
    elements: list[Json] = []
    for part in re.split(r"(<@[UW][A-Z0-9]+>|<!(?:channel|here|everyone)>)", text):
        if part.startswith("<@"):
            elements.append({"type": "user", "user_id": part[2:-1]})
        elif part.startswith("<!"):
            elements.append({"type": "broadcast", "range": part[2:-1]})
        elif part:
            elements.append({"type": "text", "text": part})
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]


def tasks(blocks: list[Json]) -> list[Json]:
    """The task cards among the blocks, those inside a plan included."""
    cards = []
    for block in blocks:
        if block.get("type") == "task_card":
            cards.append(block)
        elif block.get("type") == "plan":
            cards += block.get("tasks") or []
    return cards


def sources(blocks: list[Json]) -> list[Json]:
    """The sources that task cards name, each once."""
    unique: list[Json] = []
    for task in tasks(blocks):
        for source in task.get("sources") or []:
            if source not in unique:
                unique.append(source)
    return unique
