"""Cuts Markdown into blocks and sentences: just enough structure to find and quote passages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.markdown.blocks import DIVISION, FENCE, HEADING, closes_fence, is_item

Kind = Literal["heading", "paragraph", "list", "code", "table"]

_FRONT_MATTER = re.compile(r"\A---\r?\n.*?^---[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
"""Settings above a document, as Jekyll has them: "---", "title: Deploying", "---"."""
_SENTENCE_END = re.compile(
    r"""(?<=[.!?])["')\]*_]*\s+(?=["'(\[*_`\u00bf\u00a1\u00ab\u201e\u201c]*[^\W\d_a-z]|`)|(?<=[\u3002\uff01\uff1f])"""
)
"""Between "It ends." and "The next…", but not within "version 1.2" or "it ends. but goes on"; and
behind each Chinese or Japanese full stop."""
_ABBREVIATION = re.compile(
    r"(?<![^\W_])(?:e\.g|i\.e|etc|cf|vs|approx|Dr|Fr|Hr|Mr|Mrs|Ms|No|Nr|bzw|ca|evtl|ggf|inkl|max|min|"
    r"vgl|Abs|Art|Prof|St|Mme|Mlle|env|Sra?|Srta|p\.\s?ej|p\.\s?ex|[^\W\d_])\.$"
)
"""The end of a piece that is no sentence's: "for example, e.g.", "ask Dr.", "by J."."""
_LONGEST_LINE = 160
"""Nobody wraps lines longer than this: a line break in such text ends a paragraph."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading's text, a paragraph, or a whole list, table or code fence. `level`: 1 for `#`."""

    kind: Kind
    text: str
    level: int = 0


def without_front_matter(document: str) -> str:
    return _FRONT_MATTER.sub("", document.removeprefix("\ufeff"), count=1)


def blocks(markdown: str) -> Iterator[Block]:
    """The blocks of a text in order."""
    lines = markdown.splitlines()
    position = 0
    while position < len(lines):
        if not lines[position].strip():
            position += 1
            continue
        end = _block_end(lines, position)
        yield _block(lines[position:end])
        position = end


def items(text: str) -> list[str]:
    """The items of a list, each with the lines that continue it or are nested in it."""
    lines = text.splitlines()
    outermost = min((_indent(line) for line in lines if is_item(line)), default=0)
    parts: list[str] = []
    for line in lines:
        if not parts or (is_item(line) and _indent(line) <= outermost):
            parts.append(line)
        else:
            parts[-1] += "\n" + line
    return parts


def rows(text: str) -> list[str]:
    """The rows of a table as readable lines: `**first cell**: second header: second cell; …`"""
    head, _, *body = [_cells(line) for line in text.splitlines()]
    return [_row(head, cells) for cells in body]


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, wrapped lines joined. `e.g.` and `1.2` end none.

    Text taken from web pages and PDFs has a line for each paragraph, headings among them.
    """
    return [sentence for line in _unwrapped(text.splitlines()) for sentence in _split(line)]


def _split(line: str) -> list[str]:
    pieces: list[str] = []
    for piece in _SENTENCE_END.split(" ".join(line.split())):
        if pieces and _ABBREVIATION.search(pieces[-1]):
            pieces[-1] += " " + piece
        elif piece:
            pieces.append(piece)
    return pieces


def _unwrapped(lines: list[str]) -> list[str]:
    """Lines that were broken only for their length, joined again."""
    width = max(map(len, lines), default=0)
    joined: list[str] = []
    for line in lines:
        if joined and _goes_on(joined[-1].rsplit("\n", 1)[-1], line.strip(), width):
            joined[-1] += "\n" + line
        else:
            joined.append(line)
    return joined


def _goes_on(line: str, following: str, width: int) -> bool:
    """Whether a line break stands there for want of room, or in the middle of a sentence."""
    if not following or not following[0].isupper() or line.rstrip().endswith((",", ";")):
        return True
    fits = len(line) + 1 + len(following.split(maxsplit=1)[0]) <= width
    return width <= _LONGEST_LINE and not fits


def _block_end(lines: list[str], start: int) -> int:
    if fence := FENCE.match(lines[start]):
        return _fence_end(lines, start, fence[1])
    if HEADING.fullmatch(lines[start]):
        return start + 1
    end = start + 1
    in_list = is_item(lines[start])
    while end < len(lines) and not _interrupts(lines, end, in_list):
        fence = FENCE.match(lines[end].lstrip()) if in_list else None
        end = _fence_end(lines, end, fence[1]) if fence else end + 1
    return end


def _interrupts(lines: list[str], at: int, in_list: bool) -> bool:
    line = lines[at]
    if in_list and not line.strip():
        following = lines[at + 1] if at + 1 < len(lines) else ""
        return not (is_item(following) or (following.strip() and _indent(following) > 1))
    starts_other = HEADING.fullmatch(line) or FENCE.match(line)
    return bool(not line.strip() or starts_other or (is_item(line) and not in_list))


def _fence_end(lines: list[str], start: int, fence: str) -> int:
    for at in range(start + 1, len(lines)):
        if closes_fence(lines[at].strip(), fence):
            return at + 1
    return len(lines)


def _block(lines: list[str]) -> Block:
    text = "\n".join(lines)
    if heading := HEADING.fullmatch(lines[0]):
        return Block("heading", heading[2] or "", len(heading[1]))
    if FENCE.match(lines[0]):
        return Block("code", text)
    if is_item(lines[0]):
        return Block("list", text)
    is_table = len(lines) > 1 and "|" in lines[0] and DIVISION.fullmatch(lines[1])
    return Block("table" if is_table else "paragraph", text)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def _row(head: list[str], cells: list[str]) -> str:
    labelled = [
        f"{name}: {cell}" if name else cell
        for name, cell in zip(head[1:], cells[1:], strict=False)
        if cell
    ]
    first = f"**{cells[0]}**: " if cells[0] else ""
    return first + "; ".join(labelled)
