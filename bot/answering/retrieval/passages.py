"""Cuts documents into passages: what is ranked, shown to the model, and named as a source."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bot.answering.events import Source
from bot.answering.retrieval.languages import language_of
from bot.answering.retrieval.markdown import Block, blocks, items, sentences, without_front_matter
from bot.answering.retrieval.permissions import EVERYONE, Audience

PASSAGE_CHARACTERS = 1_500
"""Up to which blocks are joined, and how much of one is a piece where it has to be cut."""
WHOLE_CHARACTERS = 4_000
"""A block up to this length is never cut."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document, with what is known of the document.

    `updated` is an ISO date. `contact` is whom or where to ask about it, in Slack's own words:
    "#it-help", "<#C0123>", an address. `language` is an ISO code; each is empty where unknown.
    """

    source: Source
    text: str
    updated: str = ""
    contact: str = ""
    audience: Audience = EVERYONE
    language: str = ""

    @property
    def digest(self) -> str:
        """The first 16 hexadecimal digits of the text's SHA-256, to tell if it has changed."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def split(file: str, markdown: str, title: str = "") -> list[Passage]:
    """The passages of one document: a section each, long sections cut between blocks.

    A table or a code fence stays whole unless it is very long; then each piece repeats its head.
    A `#` heading at the start is the document's title; without one `title` is, or the file's name.
    Front matter is left out.
    """
    outline = _Outline(title or _title_from(file))
    language = language_of(markdown)
    passages: list[Passage] = []
    for headings, section in _sections(blocks(without_front_matter(markdown)), outline):
        source = Source(outline.title, file, headings)
        passages += [Passage(source, t, language=language) for t in _packed(_cut(section))]
    return passages


@dataclass(slots=True)
class _Outline:
    title: str
    path: list[Block] = field(default_factory=list)
    titled: bool = False

    def enter(self, heading: Block) -> None:
        if heading.level == 1 and not self.titled:
            self.title, self.titled = heading.text, True
            return
        self.path = [above for above in self.path if above.level < heading.level]
        self.path.append(heading)

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(heading.text for heading in self.path)


def _sections(
    document: Iterator[Block], outline: _Outline
) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    section: list[Block] = []
    for block in document:
        if block.kind != "heading":
            section.append(block)
            continue
        if section:
            yield outline.headings, section
        section = []
        outline.enter(block)
    if section:
        yield outline.headings, section


def _cut(section: list[Block]) -> Iterator[str]:
    """The blocks of a section, the very long ones in pieces."""
    for block in section:
        if len(block.text) <= WHOLE_CHARACTERS:
            yield block.text
        else:
            yield from _pieces(block, PASSAGE_CHARACTERS)


def _pieces(block: Block, characters: int) -> list[str]:
    """A block in pieces of at most so many characters.

    A table is cut between rows and a fence between lines, each piece with the table's head or
    within the fence; a list between items, a paragraph between sentences. What is longer than a
    piece by itself is cut between words, or where there are none, anywhere.
    """
    if block.kind == "table":
        head, rule, *rows = block.text.splitlines()
        return _within(f"{head}\n{rule}\n", rows, "", characters)
    if block.kind == "code":
        opening, *lines = block.text.splitlines()
        mark = opening.strip()[:1]
        closing = mark * (len(opening.strip()) - len(opening.strip().lstrip(mark)))
        if lines and lines[-1].strip() == closing:
            lines.pop()
        return _within(f"{opening}\n", lines, f"\n{closing}", characters)
    if block.kind == "list":
        return list(_joined(items(block.text), "\n", characters))
    return list(_joined(sentences(block.text), " ", characters))


def _within(head: str, lines: list[str], foot: str, characters: int) -> list[str]:
    """Lines in pieces with the same head and foot, unless these leave no room."""
    room = characters - len(head) - len(foot)
    if room < characters // 3:
        return list(_joined([head.strip("\n"), *lines], "\n", characters))
    return [f"{head}{piece}{foot}" for piece in _joined(lines, "\n", room)]


def _joined(parts: Iterable[str], by: str, characters: int) -> Iterator[str]:
    """Parts joined to pieces, as many as fit each."""
    piece: list[str] = []
    length = 0
    for part in (short for long in parts for short in _short(long, characters)):
        if piece and length + len(by) + len(part) > characters:
            yield by.join(piece)
            piece, length = [], 0
        length += len(part) + (len(by) if piece else 0)
        piece.append(part)
    if piece:
        yield by.join(piece)


def _short(text: str, characters: int) -> Iterator[str]:
    """The text cut between words, or anywhere, into parts that are short enough."""
    while len(text) > characters:
        at = text.rfind(" ", 1, characters + 1)
        at = at if at > characters // 2 else characters
        yield text[:at]
        text = text[at:].lstrip(" ")
    yield text


def _packed(texts: Iterable[str]) -> Iterator[str]:
    """Blocks joined up to the length of a passage; a code fence stays with what introduces it."""
    packed: list[str] = []
    for text in texts:
        length = sum(map(len, packed)) + len(text)
        introduced = bool(packed) and packed[-1].rstrip().endswith(":")
        if packed and length > PASSAGE_CHARACTERS and not introduced:
            yield "\n\n".join(packed)
            packed = []
        packed.append(text)
    if packed:
        yield "\n\n".join(packed)


def _title_from(file: str) -> str:
    words = PurePosixPath(file).stem.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]
