"""Reads a PDF's lines with pdfium, and recognises headings by their size.

markitdown's own converter runs words together and takes prose for tables: see
docs/decisions/0027-documents-in.md.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from ctypes import byref, c_double
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

_HEADING_SIZE = 1.12
"""Least size of a heading's letters, as a multiple of the body's."""
_LONGEST_HEADING = 150
"""In characters."""
_PARAGRAPH_GAP = 1.3
"""Least gap between paragraphs, as a multiple of the gap between lines."""
_LONGEST_PAGE_LABEL = 12
"""In characters, without the numbers: "Page  of "."""
_BULLET = re.compile(r"[•▪▸◦‣·●○■\u2013]\s+")  # "• "
_WRAPPED = "\ufffe"
"""Stands in pdfium's text for a hyphen at the end of a line, together with the line's end."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page. `height` is its base line's above the page's lower end. Both in points."""

    text: str
    size: float
    height: float
    page: int


def read(path: Path) -> dict[str, str]:
    """The text as Markdown, with the title in the file's metadata."""
    import pypdfium2  # type: ignore[import-not-found]

    with pypdfium2.PdfDocument(path) as document:
        pages = [list(_lines(document[number], number)) for number in range(len(document))]
        marks = {_letters(mark.get_title()): mark.level for mark in document.get_toc()}
        title = str(document.get_metadata_dict().get("Title", "")).strip()
    lines = list(_without_running_heads(pages))
    return {"markdown": _markdown(lines, _levels(lines, marks)), "title": title}


def _lines(page: Any, number: int) -> Iterator[Line]:
    from pypdfium2 import raw

    text, at = page.get_textpage(), 0
    x, y = c_double(), c_double()
    for line in text.get_text_range().split("\r\n"):
        start = at + len(line) - len(line.lstrip())
        if line.strip():
            raw.FPDFText_GetCharOrigin(text, start, byref(x), byref(y))
            size = raw.FPDFText_GetFontSize(text, start)
            yield Line(line.strip().replace(_WRAPPED, ""), round(size, 1), y.value, number)
        at += len(line) + 2


def _without_running_heads(pages: Sequence[list[Line]]) -> Iterator[Line]:
    """The lines without those at the edge of most pages, such as page numbers."""
    edges = Counter(key for page in pages for key in {_key(line) for line in _edges(page)})
    most = max(3, len(pages) // 2)
    for page in pages:
        at_edge = _edges(page)
        for line in page:
            numbered = line.text.isdecimal()
            if not (line in at_edge and (numbered or edges[_key(line)] >= most)):
                yield line


def _edges(page: list[Line]) -> list[Line]:
    """The lines that may be a running head or foot; of four or fewer lines the last alone."""
    return [*page[:2], *page[-2:]] if len(page) > 4 else page[-1:]


def _key(line: Line) -> tuple[str, float]:
    """What is the same on every page: all of the line, or "Page 3 of 9" without its numbers."""
    label = re.sub(r"\d+", "", line.text)
    return label if len(label) <= _LONGEST_PAGE_LABEL else line.text, line.size


def _levels(lines: Sequence[Line], marks: dict[str, int]) -> dict[Line, int]:
    """The levels of headings: large lines, and those that a bookmark names."""
    body = _body_size(lines)
    large = [
        line
        for line in lines
        if line.size >= body * _HEADING_SIZE and len(line.text) <= _LONGEST_HEADING
    ]
    sizes = sorted({line.size for line in large}, reverse=True)
    title = [line for line in large if line.size == sizes[0]]
    first = 1 if title and {line.page for line in title} == {0} and len(title) <= 3 else 2
    levels = {line: min(first + sizes.index(line.size), 6) for line in large}
    for line in lines:
        with suppress(KeyError):
            levels.setdefault(line, min(marks[_letters(line.text)] + 2, 6))
    return levels


def _body_size(lines: Sequence[Line]) -> float:
    """The size of most characters."""
    characters: Counter[float] = Counter()
    for line in lines:
        characters[line.size] += len(line.text)
    return max(characters, key=lambda size: characters[size], default=1.0)


def _letters(text: str) -> str:
    """How a bookmark and its heading are compared: "1.2 Pay bands" as "paybands"."""
    return re.sub(r"^[\d.\s]+|\W", "", text).casefold()


def _markdown(lines: Sequence[Line], levels: dict[Line, int]) -> str:
    leading = _leading(lines)
    parts: list[str] = []
    before: Line | None = None
    for line in lines:
        level, after = levels.get(line), levels.get(before) if before else None
        apart = before is None or _apart(before, line, leading)
        bullet = _BULLET.match(line.text)
        if level:
            is_continued = after == level and not apart
            parts.append(f" {line.text}" if is_continued else f"\n\n{'#' * level} {line.text}")
        elif bullet:
            parts.append(f"\n- {line.text[bullet.end() :]}")
        else:
            parts.append(("\n\n" if after or apart else "\n") + line.text)
        before = line
    return "".join(parts).strip()


def _leading(lines: Sequence[Line]) -> float:
    """The distance between the base lines of a paragraph, in points."""
    gaps = [
        above.height - line.height
        for above, line in pairwise(lines)
        if above.page == line.page and 0 < above.height - line.height < 3 * line.size
    ]
    return median(gaps) if gaps else 1.0


def _apart(above: Line, line: Line, leading: float) -> bool:
    """Whether a paragraph ends between the lines. It may continue on the next page."""
    if above.page != line.page:
        return above.text.endswith((".", "!", "?", ":")) or not line.text[:1].islower()
    gap = above.height - line.height
    return gap < 0 or gap > _PARAGRAPH_GAP * max(leading, line.size)
