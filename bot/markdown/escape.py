"""Escapes what Slack would read as markup of its own, so that it shows as written."""

import re

_ENTITIES = {
    "amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "#39": "'", "nbsp": "\u00a0",
    "ndash": "\u2013", "mdash": "\u2014", "hellip": "\u2026", "bull": "\u2022", "middot": "\u00b7",
    "laquo": "\u00ab", "raquo": "\u00bb", "copy": "\u00a9", "reg": "\u00ae", "trade": "\u2122",
    "deg": "\u00b0", "plusmn": "\u00b1", "times": "\u00d7", "divide": "\u00f7", "euro": "\u20ac",
    "larr": "\u2190", "rarr": "\u2192", "rArr": "\u21d2", "harr": "\u2194", "le": "\u2264",
    "ge": "\u2265", "ne": "\u2260", "infin": "\u221e", "micro": "\u00b5", "sect": "\u00a7",
}  # fmt: skip
"""HTML's names of characters, without those of URLs: links are judged before this."""

HAIR = "\u200a"
"""An invisible space that ends an address, and lets Markdown's emphasis end there."""

_ENTITY = re.compile(r"&(#?\w{1,8});")  # "&nbsp;", "&#39;"
_MAYBE_ENTITY = re.compile(r"&#?\w{0,8}")  # "&nb"


def harmless(text: str) -> str:
    """Escape what Slack would read as a mention, a link or an entity."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def entity(line: str, is_complete: bool) -> tuple[int, str] | None:
    """The entity or plain ampersand at the start of `line`; None: wait for more."""
    match = _ENTITY.match(line)
    if match and match[1] in _ENTITIES:
        return match.end(), harmless(_ENTITIES[match[1]])
    if not is_complete and _MAYBE_ENTITY.fullmatch(line):
        return None
    return 1, "&amp;"


def gap(following: str) -> str:
    """A hair space where markup was removed or became text, if the word goes on after it.

    Links were judged before (bot/answering/grounding/links.py), so none may arise here.
    """
    return HAIR if following.isalnum() or (following and following in "./:-@?_`") else ""
