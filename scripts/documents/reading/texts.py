"""Reads text files as Markdown: Markdown itself, plain text, reStructuredText and tables."""

import csv
import io
import re
from collections.abc import Iterator

from bot.markdown.blocks import FENCE, UNDERLINE
from scripts.documents.reading.restructured import as_markdown
from scripts.documents.sources import exports

_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # which text never has: "\0"
# "- item", "> quote", "1. item", "| cell", "", and indented code: what cannot be underlined.
_NO_HEADING = re.compile(r"\s*(?:[-*+>|#]|\d+[.)]|$)| {4}|\t")
_DELIMITERS = ",;\t|"
_SAMPLE = 8_192
"""In characters: by the beginning of a table its delimiter is recognised."""


class Unreadable(Exception):
    """Its message is a clause with the reason why a file cannot be read."""


def text_of(data: bytes) -> str:
    """The text of a file, by its byte order mark, or as UTF-8 or cp1252. Raises `Unreadable`."""
    encoding = next(
        (name for mark, name in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), "utf-8"
    )
    try:
        text = data.decode(encoding)
    except ValueError:
        text = data.decode("cp1252", "replace")
    if _CONTROL.search(text):
        raise Unreadable("it holds no text")
    if not text.strip():
        raise Unreadable("it is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def markdown_of(text: str, kind: str) -> str:
    """A text as Markdown. Raises `Unreadable`."""
    if kind == ".csv":
        return _table(text)
    if kind == ".rst":
        return as_markdown(text)
    if kind == ".md":
        text = exports.without_ids(_without_comments(text))
    return _with_hashes(text)


def _without_comments(text: str) -> str:
    """Without complete comments. A regular expression would take quadratic time."""
    parts: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts.append(text[at:start])
        at = end + 3
    return "".join([*parts, text[at:]])


def _with_hashes(text: str) -> str:
    """Headings that are underlined are turned into headings with `#`."""
    if "\n==" not in text and "\n--" not in text:
        return text
    return "\n".join(_headed(text.split("\n")))


def _headed(lines: list[str]) -> Iterator[str]:
    above: str | None = None
    fence = ""
    for line in lines:
        mark = FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark[1]
        under = None if fence or above is None else UNDERLINE.fullmatch(line)
        if under and above is not None and not _NO_HEADING.match(above):
            above = f"{'#' if under[1][0] == '=' else '##'} {above.strip()}"
            continue
        if above is not None:
            yield above
        above = line
    if above is not None:
        yield above


def _table(text: str) -> str:
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:_SAMPLE], _DELIMITERS)
    except csv.Error:
        dialect = csv.excel
    try:
        rows = [row for row in csv.reader(io.StringIO(text), dialect) if any(map(str.strip, row))]
    except csv.Error as error:
        raise Unreadable(f"it is no table ({error})") from None
    if not rows:
        raise Unreadable("it is empty")
    head, *rest = rows
    width = max(map(len, rows))
    head += [""] * (width - len(head))  # the other rows may be short, and filled up take gigabytes
    return "\n".join([_row(head), "|" + "---|" * width, *map(_row, rest)])


def _row(cells: list[str]) -> str:
    escaped = (" ".join(cell.replace("|", "\\|").split()) for cell in cells)
    return f"| {' | '.join(escaped)} |"
