"""Reads the files that come with a question, within limits of size, length and time."""

import codecs
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Literal

from bot.answering.events import Attachment, Picture, Remark, TextFile, UnreadFile
from bot.answering.pdf import UnreadableError, read_pdf

Kind = Literal["text", "pdf", "picture"]

FILES = 5
"""How many files are read for one question."""
CHARACTERS = 60_000
"""How much of their texts together reaches the model: about 15,000 tokens."""
PAGES = 50
BYTES: dict[Kind, int] = {"text": 1_000_000, "pdf": 10_000_000, "picture": 5_000_000}

_TEXTS = {
    "json", "ld+json", "x-ndjson", "xml", "yaml", "x-yaml", "toml", "sql", "graphql",
    "javascript", "x-javascript", "typescript", "x-sh", "x-shellscript", "x-httpd-php", "x-tex",
    "x-python", "x-perl", "x-ruby", "octet-stream",
}  # fmt: skip
"""Types under `application/` that are texts, or may be: what is none is noticed on reading."""
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
"""How files of each type begin; WebP's are told apart in `_picture_type`."""
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""Control characters of which no text has any; tabs, line breaks and escapes (logs) are left."""


def kind_of(name: str, mimetype: str) -> Kind | None:
    """The kind of a file by its name and MIME type; None if it cannot be read."""
    family, _, kind = mimetype.partition("/")
    if kind == "pdf" or (kind == "octet-stream" and PurePosixPath(name).suffix.lower() == ".pdf"):
        return "pdf"
    if mimetype in {*_PICTURES.values(), "image/webp"}:
        return "picture"
    if family == "text" or kind.endswith(("+xml", "+json")) or not mimetype:
        return "text"
    return "text" if family == "application" and kind in _TEXTS else None


def read(name: str, kind: Kind, data: bytes, characters: int, seconds: float) -> Attachment:
    """Read a file; of a text, at most `characters`. Returns an `UnreadFile` where that fails.

    `seconds` is the time limit for a PDF.
    """
    try:
        if kind == "picture":
            return Picture(name, _picture_type(data), data)
        if characters <= 0:
            raise UnreadableError(f"I read {CHARACTERS:,} characters at a time")
        if kind == "pdf":
            text, left_out = read_pdf(data, PAGES, characters, seconds)
        else:
            text, left_out = _decoded(data), ""
    except UnreadableError as error:
        return UnreadFile(name, str(error))
    if len(text) > characters:
        left_out = f"what comes after its first {characters:,} characters"
    return TextFile(name, text[:characters], left_out)


def remarks(files: Sequence[Attachment], sees: bool) -> Iterator[Remark]:
    """Remarks for people on files that were not read or not completely; one for each reason.

    `sees` says whether the answerer can read pictures.
    """
    unread: dict[str, list[str]] = {}
    for file in files:
        match file:
            case UnreadFile(name, why):
                unread.setdefault(why, []).append(name)
            case Picture(name) if not sees:
                unread.setdefault("without a model I can't see pictures", []).append(name)
            case TextFile(name, _, left_out) if left_out:
                yield Remark(f"I did not read all of {name}: {left_out} is left out.")
    for why, names in unread.items():
        yield Remark(f"I could not read {_listed(names)}: {why}.")


def _listed(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return " and ".join([*filter(None, [", ".join(names[:-1])]), names[-1]])


def _picture_type(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    for start, mime in _PICTURES.items():
        if data.startswith(start):
            return mime
    raise UnreadableError("it is not the picture that its type says")


def _decoded(data: bytes) -> str:
    text = _text_of(data)
    if not text.strip():
        raise UnreadableError("it is empty")
    if _NO_TEXT.search(text):
        raise UnreadableError("it holds no text")
    return text.replace("\r\n", "\n")


def _text_of(data: bytes) -> str:
    first_guess = next(
        (name for mark, name in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), "utf-8"
    )
    for encoding in (first_guess, "cp1252", "latin-1"):
        try:
            return data.decode(encoding)
        except ValueError:
            continue
    raise UnreadableError("it holds no text")
