"""Reads a text line by line: which blocks its end leaves open, and where it may be divided."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.markdown import blocks
from bot.markdown.blocks import is_division, opening_fence

_START = re.compile(rf"(?:[ \t]*>)+[ \t]?|[ \t]*(?:{blocks.MARKER}[ \t]+)?")  # "> ", "  - "
_TOKEN = re.compile(r"\\.|`+|\*+|~~|[^\\`*~]+|.", re.DOTALL)  # "\\*", "``", "**", "~~", "text"


@dataclass(frozen=True, slots=True)
class Opened:
    """The blocks that a message leaves open; it closes them, and the next message re-opens them.

    `fence` is the opening line, `table` the header and its division. `quote` and `marks` are those
    of a line that was cut.
    """

    fence: str = ""
    table: str = ""
    quote: str = ""
    marks: tuple[str, ...] = ()
    line_ended: bool = True

    @property
    def closing(self) -> str:
        if fence := opening_fence(self.fence):
            return ("" if self.line_ended else "\n") + fence.margin + fence.ticks
        return "".join(reversed(self.marks))

    def opening(self, following: str, most: int) -> str:
        """What the next message begins with; a table's header only if `following` is a row.

        A header of more than `most` bytes is repeated without its names.
        """
        if self.fence:
            return self.fence.lstrip(" \t") + "\n"
        if self.table and "|" in following.partition("\n")[0]:
            return self.table if len(self.table.encode()) <= most else _nameless(self.table)
        return self.quote + "".join(self.marks)


@dataclass(frozen=True, slots=True)
class Boundary:
    """A line's end at which a message could end. `cost`: 0 is best, `NEVER` breaks something."""

    position: int
    cost: int
    elements: int


NEVER = 9


@dataclass(frozen=True, slots=True)
class _State:
    """The state after a line. `elements` counts what Slack makes a block of. If `headed`, the line
    is a heading, whose text is still to come."""

    fence: str = ""
    table: str = ""
    last: str = ""
    elements: int = 0
    in_text: bool = False
    headed: bool = False


def opened(text: str, following: str = "") -> Opened:
    """What `text` leaves open. A mark counts if the rest of its line, in `following`, ends it."""
    *_, (state, position) = [(_State(), 0), *_states(text)]
    line = text[position:]
    if state.fence or (state.table and "|" in line) or not line:
        return Opened(state.fence, state.table, line_ended=not line)
    start = _START.match(line)
    quote = start[0][:20] if start and ">" in start[0] else ""
    rest = following.partition("\n")[0]
    marks = tuple(mark for mark in _marks(line) if mark in rest)
    return Opened(quote=quote, marks=marks, line_ended=False)


def boundaries(text: str, more: str) -> Iterator[Boundary]:
    """Where a message that begins with `text` could end within `more`, the start included."""
    whole = text + more
    for state, position in _states(whole):
        if position >= len(text):
            following = whole[position:].partition("\n")[0]
            yield Boundary(position - len(text), _cost(state, following), state.elements)


def _states(text: str) -> Iterator[tuple[_State, int]]:
    """The state after each line that has ended, and the position there."""
    state, position = _State(), 0
    while (end := text.find("\n", position)) >= 0:
        state = _after(state, text[position : end + 1])
        position = end + 1
        yield state, position


def _after(state: _State, line: str) -> _State:
    if open_fence := opening_fence(state.fence):
        closes = blocks.closes_fence(line.lstrip(" \t>"), open_fence.ticks)
        return replace(state, fence="" if closes else state.fence, last=line)
    if fence := opening_fence(line):
        margin = fence.margin + " " * len(fence.marker)
        return _State(margin + fence.ticks + fence.info, "", line, state.elements + 1)
    if state.table and "|" in line:
        return replace(state, last=line)
    if is_division(line.rstrip("\n")) and _same_width(state.last, line):
        return _State("", state.last + line, line, state.elements + 1)
    headed = bool(blocks.HEADING_START.match(line))
    if headed or blocks.RULE.fullmatch(line.rstrip("\n")):
        return _State("", "", line, state.elements + 1, headed=headed)
    if not line.strip():
        return replace(state, table="", last=line)
    return _State("", "", line, state.elements + (not state.in_text), in_text=True)


def _same_width(header: str, division: str) -> bool:
    return "|" in header and len(blocks.cells(header)) == len(blocks.cells(division))


def _cost(state: _State, following: str) -> int:
    """How bad it is that a message ends here and the next begins with `following`."""
    last, bare = state.last, following.strip()
    if (state.table and state.table.endswith(last)) or state.headed:
        return NEVER
    indented = following[:1] in (" ", "\t", "")
    underlines = last.strip() and not indented and blocks.UNDERLINE.fullmatch(following)
    if underlines or is_division(following):
        return NEVER
    if not bare and following != "":
        return NEVER
    if state.fence:
        return NEVER if opening_fence(following) else 6
    if state.table and "|" in following:
        return 5
    if (item := blocks.ITEM.match(following)) and not item[1]:
        return 1
    if not last.strip():
        return 3 if indented else 0
    return 4 if indented or bare.startswith(">") else 2


def _marks(line: str) -> list[str]:
    """The marks of emphasis and code that a line leaves open, outermost first."""
    open_marks: list[str] = []
    text = line[len((_START.match(line) or [""])[0]) :]
    for token in _TOKEN.findall(text):
        if open_marks and open_marks[-1][0] == "`":
            if token == open_marks[-1]:
                open_marks.pop()
        elif token[0] == "`" or (token[0] in "*~" and len(token) <= 3):
            if token in open_marks:
                del open_marks[open_marks.index(token) :]
            else:
                open_marks.append(token)
    return open_marks


def _nameless(table: str) -> str:
    """The same table with an empty header, for a header that is too large to repeat."""
    width = len(blocks.cells(table.partition("\n")[0]))
    return blocks.row([""] * width) + blocks.row(["---"] * width)
