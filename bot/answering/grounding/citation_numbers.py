"""What a citation looks like, in all the ways in which models write one: `[1]`, `[^2]`, `【3】`.

`[0]` is the mark by which a model says that the passages don't answer: see instructions.md.
"""

import re

_NUMBER = r"\d{1,9}(?: ?[-\u2010-\u2015] ?\d{1,9})?"
_NUMBERS = rf"{_NUMBER}(?: ?[,;&\u3001\uff0c] ?{_NUMBER})*"
_INNER = (
    rf"[ ^#]?(?:(?:passage|source|document|file)s? )? ?({_NUMBERS})(?:\u2020[^\]\n]{{0,40}})? ?"
)
CITATION = re.compile(
    rf"\[\[{_INNER}\]\]|\\?[\[\uff3b]{_INNER}\\?[\]\uff3d]"
    rf"|\u3010 ?({_NUMBERS})[^\u3011\n]{{0,40}}\u3011",
    re.IGNORECASE,
)

CLOSING = {"[": "]", "\uff3b": "\uff3d", "\u3010": "\u3011"}
"""The brackets that citations stand in."""

_BRACKETED = r"[\s*_(]*[\[\u3010\uff3b]\s?[0\uff10]\s?[\]\u3011\uff3d]"
NOT_FOUND = re.compile(rf"{_BRACKETED}[*_)]*(?: ?[:.,\u2013\u2014-](?=\s))?\s*")
MAYBE_NOT_FOUND = re.compile(
    rf"{_BRACKETED}[*_)]*\s*[:.,\u2013\u2014-]?\s*"
    r"|[\s*_(]*(?:[\[\u3010\uff3b](?:\s?[0\uff10]?\s?)?)?"
)
"""The mark at the beginning of an answer, and what may become one."""


def numbers(text: str, most: int) -> list[int]:
    """The numbers of `1, 3-5`; a range goes up to `most`."""
    found: list[int] = []
    for first, last in re.findall(r"(\d+)(?: ?[-\u2010-\u2015] ?(\d+))?", text):
        found += [int(first), *range(int(first) + 1, min(int(last or 0), most) + 1)]
    return found
