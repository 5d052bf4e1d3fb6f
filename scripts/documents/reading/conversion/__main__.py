"""Turns files into Markdown, in a process of the converter's own environment.

It is asked by lines of JSON and answers by lines of JSON, until its input ends. Hostile files may
hang it or bloat it: it limits its own memory, and who asks limits its time.
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
"""Addresses, of which the libraries alone take 1 GB."""
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
"""What files begin with that are encrypted, or older than 2007."""
_TITLE_STYLE = "p[style-name='Title'] => h1:fresh"
_SURROUNDINGS = ["nav", "header", "footer", "aside", "form", "noscript", "template", "svg"]
_LAST_MODIFIED = re.compile(r"last modified (?:by .+ )?on\s+([A-Z][a-z]{2} \d{1,2}, \d{4})")
_EMPTY_CELL = re.compile(r"(?<=\|) (?:NaN|NaT|Unnamed: \d+) (?=\|)")
_WHOLE_NUMBER = re.compile(r"(?<=\| )(-?\d+)\.0(?= \|)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_UNDERLINED = re.compile(r"</?u>")
_HEADLESS = re.compile(r"^\|(?: +\|)+\n(\|(?: --- \|)+)\n(\|.*)$", re.MULTILINE)
"""A table whose first row Word does not call a heading."""

Told = dict[str, str]
"""`markdown`, with `title` and `updated` where the file tells them; or `why` there is none."""


class LockedError(Exception):
    """The file begins as encrypted ones do."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks ends it by closing its input
    with suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        asked = json.loads(line)
        answers.write(json.dumps(_told(Path(asked["path"]), asked["kind"])) + "\n")
        answers.flush()


def _told(path: Path, kind: str) -> Told:
    try:
        told = _CONVERT[kind](path)
    except MemoryError:
        return {"why": "converting it takes too much memory"}
    except Exception as error:  # the libraries document no errors
        locked = isinstance(error, LockedError) or "password" in str(error).lower()
        return {"why": "it is protected with a password" if locked else DAMAGED}
    return told if told["markdown"].strip() else {"why": _NOTHING.get(kind, "it is empty")}


def _docx(path: Path) -> Told:
    _check(path)
    from markitdown.converters import DocxConverter  # type: ignore[import-not-found]

    return _by(DocxConverter(), path, ".docx", style_map=_TITLE_STYLE)


def _pptx(path: Path) -> Told:
    _check(path)
    from markitdown.converters import PptxConverter

    return _by(PptxConverter(), path, ".pptx")


def _xlsx(path: Path) -> Told:
    _check(path)
    from markitdown.converters import XlsxConverter

    told = _by(XlsxConverter(), path, ".xlsx")
    tables = _EMPTY_CELL.sub("  ", told["markdown"])
    return {**told, "markdown": _WHOLE_NUMBER.sub(r"\1", tables)}


def _html(path: Path) -> Told:
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
    told = _by(HtmlConverter(), io.BytesIO(html), ".html")
    return {**told, "title": title, "updated": _day(modified[1]) if modified else ""}


def _day(text: str) -> str:
    """`Nov 02, 2026` as ISO has it; nothing where it is no date."""
    from datetime import datetime

    with suppress(ValueError):
        return datetime.strptime(text, "%b %d, %Y").date().isoformat()
    return ""


def _check(path: Path) -> None:
    """Before the libraries, which take seconds to import, say the same in other words."""
    with path.open("rb") as file:
        if file.read(4) == _OLD_OFFICE:
            raise LockedError


def _by(converter: Any, source: Path | io.BytesIO, extension: str, **options: Any) -> Told:
    """What one of markitdown's converters makes of a file."""
    from markitdown import StreamInfo  # type: ignore[import-not-found]

    data = source if isinstance(source, io.BytesIO) else io.BytesIO(source.read_bytes())
    done = converter.convert(data, StreamInfo(extension=extension, charset="utf-8"), **options)
    text = _UNDERLINED.sub("", _COMMENT.sub("", done.markdown))
    text = _HEADLESS.sub(r"\2\n\1", text)
    return {"markdown": re.sub(r"\n{3,}", "\n\n", text), "title": done.title or ""}


_CONVERT: dict[str, Callable[[Path], Told]] = {
    ".pdf": pdf.read,
    ".docx": _docx,
    ".pptx": _pptx,
    ".xlsx": _xlsx,
    ".html": _html,
}
_NOTHING = {".pdf": "its pages are pictures without text"}


if __name__ == "__main__":
    main()
