"""Converts files to Markdown, in a process of the converter's own environment.

Requests and responses are lines of JSON, until the input ends. Hostile files may make it hang or
allocate without end: it limits its own memory, and the caller limits its time.
"""

import io
import json
import os
import re
import resource
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from scripts.documents.reading.conversion import pdf

DAMAGED = "it is damaged, or not what its name says"
_MEMORY = 3 * 1024**3
"""In bytes of address space; the libraries alone take 1 GB."""
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
"""The first bytes of files that are encrypted, or from before 2007 (MS-CFB, section 2.2)."""
_TITLE_STYLE = "p[style-name='Title'] => h1:fresh"
"""See https://github.com/mwilliamson/python-mammoth#writing-style-maps."""
_SURROUNDINGS = ["nav", "header", "footer", "aside", "form", "noscript", "template", "svg"]
# "last modified by Ada on Nov 02, 2026", as Confluence exports have it.
_LAST_MODIFIED = re.compile(r"last modified (?:by .+ )?on\s+([A-Z][a-z]{2} \d{1,2}, \d{4})")
_EMPTY_CELL = re.compile(r"(?<=\|) (?:NaN|NaT|Unnamed: \d+) (?=\|)")  # "| NaN |"
_WHOLE_NUMBER = re.compile(r"(?<=\| )(-?\d+)\.0(?= \|)")  # "| 7.0 |"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)  # "<!-- Slide number: 1 -->"
_UNDERLINED = re.compile(r"</?u>")  # "<u>now</u>"
_HEADLESS = re.compile(r"^\|(?: +\|)+\n(\|(?: --- \|)+)\n(\|.*)$", re.MULTILINE)
"""A table whose first row is not marked as a heading in Word: "|  |\\n| --- |\\n| Hotel |"."""

Conversion = dict[str, str]
"""`markdown`, and `title` and `updated` where known; or in `why` the reason for leaving it out."""


class LockedError(Exception):
    """The file begins with the bytes of encrypted ones."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller ends it by closing its input
    with suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    responses = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not mix with the responses
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        request = json.loads(line)
        responses.write(json.dumps(_convert(Path(request["path"]), request["kind"])) + "\n")
        responses.flush()


def _convert(path: Path, kind: str) -> Conversion:
    try:
        conversion = _CONVERTERS[kind](path)
    except MemoryError:
        return {"why": "converting it takes too much memory"}
    except Exception as error:  # the libraries document no errors
        locked = isinstance(error, LockedError) or "password" in str(error).lower()
        return {"why": "it is protected with a password" if locked else DAMAGED}
    if conversion["markdown"].strip():
        return conversion
    return {"why": _EMPTY.get(kind, "it is empty")}


def _docx(path: Path) -> Conversion:
    _check(path)
    from markitdown.converters import DocxConverter  # type: ignore[import-not-found]

    return _by(DocxConverter(), path, ".docx", style_map=_TITLE_STYLE)


def _pptx(path: Path) -> Conversion:
    _check(path)
    from markitdown.converters import PptxConverter

    return _by(PptxConverter(), path, ".pptx")


def _xlsx(path: Path) -> Conversion:
    _check(path)
    from markitdown.converters import XlsxConverter

    conversion = _by(XlsxConverter(), path, ".xlsx")
    tables = _EMPTY_CELL.sub("  ", conversion["markdown"])
    return {**conversion, "markdown": _WHOLE_NUMBER.sub(r"\1", tables)}


def _html(path: Path) -> Conversion:
    """The main part of a page, without what surrounds it on every page."""
    from bs4 import BeautifulSoup  # type: ignore[import-not-found]
    from markitdown.converters import HtmlConverter

    page = BeautifulSoup(path.read_bytes(), "html.parser")
    title = page.title.get_text(" ", strip=True) if page.title else ""
    modified = _LAST_MODIFIED.search(page.get_text(" ", strip=True))
    main = page.find(id="main-content") or page.find("main") or page.find("article") or page
    if page.find(id="main-content"):  # Confluence writes the space before the title
        title = title.partition(" : ")[2] or title
    for around in main.find_all([*_SURROUNDINGS, "script", "style"]):
        around.decompose()
    html = f"<html><body>{main}</body></html>".encode()
    conversion = _by(HtmlConverter(), io.BytesIO(html), ".html")
    return {**conversion, "title": title, "updated": _day(modified[1]) if modified else ""}


def _day(text: str) -> str:
    """The ISO date of `Nov 02, 2026`; "" where it is no date."""
    from datetime import datetime

    with suppress(ValueError):
        return datetime.strptime(text, "%b %d, %Y").date().isoformat()
    return ""


def _check(path: Path) -> None:
    """Raise LockedError before the libraries do so, which take seconds to import."""
    with path.open("rb") as file:
        if file.read(4) == _OLD_OFFICE:
            raise LockedError


def _by(converter: Any, source: Path | io.BytesIO, extension: str, **options: Any) -> Conversion:
    """The result of one of markitdown's converters."""
    from markitdown import StreamInfo  # type: ignore[import-not-found]

    data = source if isinstance(source, io.BytesIO) else io.BytesIO(source.read_bytes())
    result = converter.convert(data, StreamInfo(extension=extension, charset="utf-8"), **options)
    text = _UNDERLINED.sub("", _COMMENT.sub("", result.markdown))
    text = _HEADLESS.sub(r"\2\n\1", text)
    return {"markdown": re.sub(r"\n{3,}", "\n\n", text), "title": result.title or ""}


_CONVERTERS: dict[str, Callable[[Path], Conversion]] = {
    ".pdf": pdf.read,
    ".docx": _docx,
    ".pptx": _pptx,
    ".xlsx": _xlsx,
    ".html": _html,
}
_EMPTY = {".pdf": "its pages are pictures without text"}


if __name__ == "__main__":
    main()
