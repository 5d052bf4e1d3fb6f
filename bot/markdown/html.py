"""Translates HTML that models mix into Markdown, since Slack would show its tags."""

import re
from collections.abc import Callable

from bot.markdown.escape import gap, harmless

TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]*)?)/?>")  # <b>, </b>, <a href="…">, <br/>
MAYBE_TAG = re.compile(r"<(?:[/!A-Za-z][^<>]{0,400})?")  # <a hre
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>|]+)>")  # <https://example.com>
_ADDRESS = re.compile(
    r"""\shref=["']?((?:https?://|mailto:)[^\s"'<>]+)""", re.IGNORECASE
)  # href="…"
_MARKS = {
    "b": "**", "strong": "**", "summary": "**", "i": "*", "em": "*", "cite": "*",
    "s": "~~", "del": "~~", "strike": "~~",
    "code": "`", "kbd": "`", "samp": "`", "tt": "`",
}  # fmt: skip
_SILENT = {
    "details", "p", "div", "span", "center", "font", "u", "ins", "mark", "small", "big",
    "section", "article", "figure", "figcaption", "ul", "ol", "table", "thead", "tbody", "tr",
    "td", "th", "abbr", "q", "wbr",
}  # fmt: skip
_RAISED = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_LOWERED = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
_SHIFTED = {"sup": (_RAISED, "^"), "sub": (_LOWERED, "_")}

Step = tuple[int, str] | None


def step(
    line: str, is_complete: bool, before: str, newline: str, inline: Callable[[str], str]
) -> Step:
    """Translate the tag, comment or link at the start of `line`, or else the sign `<` itself.

    `newline` is what `<br>` becomes, `inline` translates the text between two tags.
    """
    literal = 1, "&lt;"
    if line.startswith("<!--"):
        close = line.find("-->")
        if close < 0:
            return _or_wait(is_complete, literal)
        return _without(line, close + 3, is_complete, before)
    if link := _AUTOLINK.match(line):
        return link.end(), harmless(link[1])
    tag = TAG.match(line)
    if not tag:
        return literal if is_complete or not MAYBE_TAG.fullmatch(line) else None
    name = tag[2].lower()
    if name == "br":
        return tag.end(), newline
    if name == "hr":
        return tag.end(), "\n\n---\n\n"
    if name == "li":
        return tag.end(), "" if tag[1] else ("- " if not before else f"{newline}- ")
    if name in _SILENT or (tag[1] and name in _MARKS):
        return _without(line, tag.end(), is_complete, before)
    if tag[1] or name not in {*_MARKS, "a", "sub", "sup"}:
        return literal
    end = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(line, tag.end())
    if not end:
        # Models begin a text with a lone <s>: docs/decisions/0036.
        alone = (tag.end(), "") if tag[0] == "<s>" else literal
        return _or_wait(is_complete, alone)
    if end.end() == len(line) and not is_complete:
        return None
    text = _paired(name, tag[3], line[tag.end() : end.start()], inline)
    return end.end(), text + gap(line[end.end() : end.end() + 1])


def _or_wait(is_complete: bool, step: tuple[int, str]) -> Step:
    return step if is_complete else None


def _without(line: str, end: int, is_complete: bool, before: str) -> Step:
    if end == len(line) and not is_complete:
        return None
    return end, gap(line[end : end + 1]) if before.strip() else ""


def _paired(name: str, attributes: str, inner: str, inline: Callable[[str], str]) -> str:
    mark = _MARKS.get(name, "")
    if mark == "`":
        return f"`{harmless(inner)}`" if inner.strip() and "`" not in inner else inline(inner)
    if name in _SHIFTED:
        return _shifted(inner, *_SHIFTED[name])
    text = inline(inner.strip())
    if name == "a":
        address = _ADDRESS.search(attributes)
        return f"[{text}]({harmless(address[1])})" if address and text else text
    return f"{mark}{text}{mark}" if text else ""


def _shifted(inner: str, table: dict[str, str], sign: str) -> str:
    """Raised or lowered characters if all exist, as in H₂O; else `x^k`, but 4th."""
    if all(character in table for character in inner):
        return "".join(table[character] for character in inner)
    if len(inner) > 1 and inner.isalpha() and sign == "^":
        return gap(inner) + harmless(inner)
    return f"{sign}({harmless(inner)})" if len(inner) > 1 else f"{sign}{harmless(inner)}"
