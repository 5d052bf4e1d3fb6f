"""Cuts a block that is too long for a passage, so that each piece can be read by itself."""

from collections.abc import Iterable, Iterator

from bot.answering.retrieval.markdown import Block, items, sentences


def pieces(block: Block, characters: int) -> list[str]:
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
    """Lines in pieces that all have the same head and foot, unless these leave no room."""
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
    """The text where it is short enough, else cut between words, or anywhere."""
    while len(text) > characters:
        at = text.rfind(" ", 1, characters + 1)
        at = at if at > characters // 2 else characters
        yield text[:at]
        text = text[at:].lstrip(" ")
    yield text
