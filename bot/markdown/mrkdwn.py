"""Markdown in Slack's older language, mrkdwn: modals and App Home take no other."""

import re

from bot.markdown.blocks import FENCE
from bot.markdown.escape import harmless

_CODE = re.compile(r"(`[^`\n]+`)")  # "`uv sync`"
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")  # "[Guide](https://a.b)", "![Map](map.png)"
_BOLD = re.compile(r"\*\*(.+?)\*\*|__(.+?)__")  # "**now**", "__now__"
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$")  # "## Deploying ##"
_BULLET = re.compile(r"^(\s*)[-*+]\s+")  # "  - "
_ROW = re.compile(r"^\s*\|(.*)\|\s*$")  # "| a | b |"
_DIVISION = re.compile(r"^[\s|:-]+$")  # "|---|:-:|", or an empty row


def mrkdwn(text: str) -> str:
    """A short piece of Markdown, such as a passage; a code block that it leaves open is closed."""
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        ticks = FENCE.match(line.lstrip())
        if ticks and (not fence or ticks[1].startswith(fence)):
            fence = "" if fence else ticks[1]
            lines.append("```")
        elif fence:
            lines.append(harmless(line))
        elif not (_ROW.match(line) and _DIVISION.match(line)):
            lines.append(_line(line))
    return "\n".join([*lines, *(["```"] if fence else [])])


def _line(line: str) -> str:
    if heading := _HEADING.match(line):
        return f"*{_inline(heading[1]).replace('*', '')}*"
    if row := _ROW.match(line):
        return _inline(" · ".join(cell.strip() for cell in row[1].split("|")))
    return _inline(_BULLET.sub(lambda item: f"{item[1]}• ", line))


def _inline(text: str) -> str:
    """Everything but code: links become their text, since nobody can follow them from here."""
    parts = _CODE.split(text)
    return "".join(
        harmless(part)
        if part.startswith("`") and part.endswith("`") and len(part) > 2
        else _BOLD.sub(lambda m: f"*{m[1] or m[2]}*", harmless(_LINK.sub(r"\1", part)))
        for part in parts
    )
