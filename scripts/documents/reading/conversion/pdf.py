"""Reads a PDF as the lines that its pages show, and tells headings by their size.

By pdfium, since markitdown's own way with PDFs runs words together and sees tables in prose: see
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
_HEADING_CHARACTERS = 150
_PARAGRAPH_GAP = 1.3
_PAGE_NUMBER = 12
_BULLET = re.compile(r"[•▪▸◦‣·●○■\u2013]\s+")
_WRAPPED = "\ufffe"
"""What pdfium makes of a hyphen at the end of a line, and of the line's end with it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; `height` is that of its base line above the page's lower end, in points."""

    text: str
    size: float
    height: float
    page: int


def read(path: Path) -> dict[str, str]:
    """The text as Markdown, with the title that the file itself names."""
    import pypdfium2  # type: ignore[import-not-found]

    with pypdfium2.PdfDocument(path) as document:
        pages = [list(_lines(document[number], number)) for number in range(len(document))]
        marks = {_folded(mark.get_title()): mark.level for mark in document.get_toc()}
        title = str(document.get_metadata_dict().get("Title", "")).strip()
    lines = list(_without_running_heads(pages))
    return {"markdown": _markdown(lines, _levels(lines, marks)), "title": title}


def _lines(page: Any, number: int) -> Iterator[Line]:
    from pypdfium2 import raw

    shown, at = page.get_textpage(), 0
    x, y = c_double(), c_double()
    for line in shown.get_text_range().split("\r\n"):
        start = at + len(line) - len(line.lstrip())
        if line.strip():
            raw.FPDFText_GetCharOrigin(shown, start, byref(x), byref(y))
            size = raw.FPDFText_GetFontSize(shown, start)
            yield Line(line.strip().replace(_WRAPPED, ""), round(size, 1), y.value, number)
        at += len(line) + 2


def _without_running_heads(pages: Sequence[list[Line]]) -> Iterator[Line]:
    """The lines without those that stand at the edge of most pages, such as page numbers."""
    edges = Counter(key for page in pages for key in {_key(line) for line in _edges(page)})
    most = max(3, len(pages) // 2)
    for page in pages:
        at_edge = _edges(page)
        for line in page:
            numbered = line.text.isdecimal()
            if not (line in at_edge and (numbered or edges[_key(line)] >= most)):
                yield line


def _edges(page: list[Line]) -> list[Line]:
    """The lines that may be a running head or foot; on a page of few lines that is none."""
    return [*page[:2], *page[-2:]] if len(page) > 4 else page[-1:]


def _key(line: Line) -> tuple[str, float]:
    """What is the same on every page: all of it, or "Page 3 of 9" without its numbers."""
    counted = re.sub(r"\d+", "", line.text)
    return counted if len(counted) <= _PAGE_NUMBER else line.text, line.size


def _levels(lines: Sequence[Line], marks: dict[str, int]) -> dict[Line, int]:
    """Which lines are headings: large ones, and those that a bookmark names."""
    body = _body_size(lines)
    large = [
        line
        for line in lines
        if line.size >= body * _HEADING_SIZE and len(line.text) <= _HEADING_CHARACTERS
    ]
    sizes = sorted({line.size for line in large}, reverse=True)
    title = [line for line in large if line.size == sizes[0]]
    first = 1 if title and {line.page for line in title} == {0} and len(title) <= 3 else 2
    levels = {line: min(first + sizes.index(line.size), 6) for line in large}
    for line in lines:
        with suppress(KeyError):
            levels.setdefault(line, min(marks[_folded(line.text)] + 2, 6))
    return levels


def _body_size(lines: Sequence[Line]) -> float:
    written: Counter[float] = Counter()
    for line in lines:
        written[line.size] += len(line.text)
    return max(written, key=lambda size: written[size], default=1.0)


def _folded(text: str) -> str:
    """As a bookmark and its heading are compared: by their letters, without a number before."""
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
            same = after == level and not apart
            parts.append(f" {line.text}" if same else f"\n\n{'#' * level} {line.text}")
        elif bullet:
            parts.append(f"\n- {line.text[bullet.end() :]}")
        else:
            parts.append(("\n\n" if after or apart else "\n") + line.text)
        before = line
    return "".join(parts).strip()


def _leading(lines: Sequence[Line]) -> float:
    """How far the base lines of a paragraph are apart."""
    gaps = [
        above.height - line.height
        for above, line in pairwise(lines)
        if above.page == line.page and 0 < above.height - line.height < 3 * line.size
    ]
    return median(gaps) if gaps else 1.0


def _apart(above: Line, line: Line, leading: float) -> bool:
    """Whether a paragraph ends between the lines; on the next page it goes on mid-sentence."""
    if above.page != line.page:
        return above.text.endswith((".", "!", "?", ":")) or not line.text[:1].islower()
    gap = above.height - line.height
    return gap < 0 or gap > _PARAGRAPH_GAP * max(leading, line.size)
