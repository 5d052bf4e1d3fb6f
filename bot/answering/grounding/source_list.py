"""Finds the list of sources that a model writes below its answer against its instructions.

Its titles may be made up, and people see the real sources below. Only the numbers are used.
"""

import re
from dataclasses import dataclass
from itertools import chain

from bot.answering.events import Source
from bot.answering.grounding.context import AnswerContext

_WORDS = (
    *("sources", "source", "references", "reference", "citations", "quellen", "quelle"),
    *("références", "fuentes", "fuente", "fonti", "fontes", "bronnen"),
    *("出典", "情報源", "参考", "来源"),
)
_BEFORE = "(#>*_ \t"  # what may stand before it: "## ", "**"
_HEAD = re.compile(
    rf"[{re.escape(_BEFORE)}]*(?:{'|'.join(_WORDS)})(?: used| cited)?"
    r"[*_ \t]*[:\uff1a]?[*_ \t]*(?=\n|[\[(]|\Z)",
    re.IGNORECASE,
)
"""A list's heading: "Sources:", "**References used**", "## 出典"."""
_ENTRY = re.compile(
    r"[ \t]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?\(?[\[\u3010](\^?)(\d{1,9})[\]\u3011](:?)[ \t]*(.*)"
)
"""An entry: "[1] Holidays", "- [^2]: leave.md", "(【3】 …)". Groups: "^", number, ":", the rest."""
_MAYBE_ENTRY = re.compile(
    r"[ \t]*(?:(?:[-*+]|\d{1,3}[.)]?)(?:[ \t]+|\Z))?"
    r"\(?(?:[\[\u3010](?:\^?\d{0,9}(?:[\]\u3011].*)?)?)?"
)
"""The beginning of an entry: "1", "- ", "- [^2"."""
_CITATION_NUMBER = re.compile(r"[\[\u3010]\^?(\d{1,9})")  # "[1", "[^2"
_LONGEST_LINE = 300
_LONGEST_LIST = 2_000
"""Characters; what is longer is no list of sources, and is not held back for it."""
_DATE = re.compile(r"(?:updated:? ?)?\d{4}-\d{2}-\d{2}")  # "updated 2026-03-31"
_LETTERS = 16
"""How many letters an entry of a list may have beside what its source is called, and its date. One
by itself may have none: `[1] Holidays: 30 days.` is an answer."""


@dataclass(frozen=True, slots=True)
class SourceList:
    """A list or an entry: its length in characters (0: wait for more) and the passages it names."""

    length: int
    numbers: tuple[int, ...] = ()


def listed(pending: str, material: AnswerContext, final: bool) -> SourceList | None:
    """The list of sources that a text begins with; None if it does not."""
    line, newline, _ = pending.partition("\n")
    is_complete = bool(newline) or final
    if len(line) > _LONGEST_LINE or "```" in line:
        return None
    if head := _HEAD.match(pending):
        return _list(pending, head.end(), material, final)
    if not is_complete and (_may_be_head(line) or _MAYBE_ENTRY.fullmatch(line)):
        return SourceList(0)
    if is_complete and (entry := _ENTRY.fullmatch(line)):
        numbers = _passages_named_in(entry[4], material, letters=0)
        if entry[1] or entry[3] or (int(entry[2]) in numbers):
            return SourceList(len(line) + len(newline), (int(entry[2]),))
    return None


def _list(pending: str, start: int, material: AnswerContext, final: bool) -> SourceList | None:
    """The whole list, once it is certain where it ends."""
    *complete, last = pending[start:].split("\n")
    lines = [*complete, last] if final else complete
    numbers: list[int] = []
    length = start
    for line in lines:
        line_numbers = _of_list(line, material)
        if line.strip() and not line_numbers:
            break
        numbers += line_numbers
        length += len(line) + 1
    else:
        if not final:
            return SourceList(0) if len(pending) < _LONGEST_LIST else None
        return SourceList(len(pending), tuple(numbers))
    return SourceList(length, tuple(numbers)) if numbers else None


def _of_list(line: str, material: AnswerContext) -> list[int]:
    if _ENTRY.fullmatch(line):
        return [int(number) for number in _CITATION_NUMBER.findall(line)]
    return _passages_named_in(line, material, _LETTERS)


def _passages_named_in(line: str, material: AnswerContext, letters: int) -> list[int]:
    """The numbers of the passages whose source a line names, if it says nothing else."""
    sources = enumerate((hit.passage.source for hit in material.hits), 1)
    return [number for number, source in sources if _is_called(line, source, letters)]


def _is_called(line: str, source: Source, letters: int) -> bool:
    rest, names = _DATE.sub("", line.casefold()), [source.file, *source.path]
    if not any(name.casefold() in rest for name in names):
        return False
    for word in sorted(chain(names, source.headings), key=len, reverse=True):
        rest = rest.replace(word.casefold(), "")
    return sum(map(str.isalnum, rest)) <= letters


def _may_be_head(line: str) -> bool:
    start = line.lstrip(_BEFORE).lower()
    return any(word.startswith(start) for word in _WORDS)
