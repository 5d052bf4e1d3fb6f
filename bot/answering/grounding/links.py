"""Removes addresses from an answer that are not in the material it is made of.

A model can be talked into a link that carries what it has read to a stranger, so no link that it
made up is shown: docs/decisions/0035.
"""

import re
import unicodedata
from collections.abc import Iterator

from bot.answering.grounding.addresses import (
    GLUED,
    TRAILING,
    Address,
    addresses,
    first,
    key,
    trimmed,
)

REMOVED = "(link removed)"

_ROUND = r"\((?:\([^\s<>\"`()|]*\)|[^\s<>\"`()|])*\)"  # (a(b))
_BALANCED = re.compile(
    rf"(?:{_ROUND}|\[[^\s<>\"`\[\]|]*\]|[^\s<>\"`()\[\]|])+"  # https://x.example/A_(b)
)
"""As far as an address goes in a document: brackets that it opens and closes, as Wikipedia's."""
_IDEOGRAPH = re.compile("[^\x00-\u2e7f]")
"""Chinese, Japanese and Korean go on after an address without a space."""

_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
r"""An escaped sign, "\_": https://spec.commonmark.org/0.31.2/#backslash-escapes"""
_MARKS = re.compile(r"[*_~]")  # of emphasis
_CUT = re.compile(r"[,;)\]}]|[^\x00-\x7f]")  # "https://x.example/a,b", "https://x.example/aは"
_LONGEST_TAIL = 4
"""How many signs may follow a known address: they could spell something out, too."""
_ENDS = ',;)]}|"'
"""What ends an address for people; a space after it has Slack end it there, too."""


class KnownAddresses:
    """The addresses of the material of an answer, each of which the answer may repeat."""

    def __init__(self) -> None:
        self._spellings: set[str] = set()
        self._keys: set[str] = set()

    def add(self, text: str) -> None:
        """Add the addresses of a text."""
        position = 0
        while address := first(text, position):
            for spelling in _spellings(text, address):
                if spelling not in self._spellings:
                    self._spellings.add(spelling)
                    self._keys.add(key(spelling))
                position = max(address.start + 1, position, address.start + len(spelling))

    def includes(self, address: str) -> bool:
        """Whether this address was added, in any spelling. A longer one is another address."""
        return key(address) in self._keys

    def at(self, text: str, position: int) -> str:
        """The longest known spelling at a position of a text; empty if there is none."""
        fits = (s for s in self._spellings if text.startswith(s, position))
        return max(fits, key=len, default="")

    def may_come(self, text: str) -> bool:
        """Whether a known spelling begins with this text and is longer."""
        return any(len(s) > len(text) and s.startswith(text) for s in self._spellings)


def is_link(text: str, *, names: bool = False) -> bool:
    """Whether a text contains an address; with `names`, addresses of that kind count as well."""
    return any(names or address.kind == "link" for address in addresses(text))


def without_unknown(text: str, allowed: KnownAddresses, *, code: bool = True) -> str:
    """A text without spaces, or of several words, in which no unknown address can be followed.

    An unknown address goes, the name of a file is set in code. Without `code`, where a text shows
    as it is, a name's dots become spaces.
    """
    if not any(sign in text for sign in ".:@\uff0e\uff20"):
        return text
    words = (_of_word(word, allowed, code=code) for word in re.split(r"(\s+)", text))
    return "".join(words)


def meet(before: str, after: str, allowed: KnownAddresses) -> bool:
    """Whether two texts would form an unknown address if joined."""
    apart = after[:1] <= "\x7f"  # a Japanese comma would go on the address
    before, after = _plain(before), _plain(after)
    joined = before + after
    if not any(sign in joined for sign in ".:@"):
        return False
    return any(
        address.start < len(before) < address.end
        and not (apart and allowed.includes(trimmed(address.text)))
        for address in addresses(joined)
    )


def _of_word(word: str, allowed: KnownAddresses, *, code: bool) -> str:
    result = ""
    for piece, outcome in _judged(word, allowed, code=code):
        for part in (_of_plain(piece, allowed, code=code), outcome):
            apart = result and part and meet(result, part, allowed)  # **secret.**ok.example
            result += f" {part}" if apart else part
    return result.replace(REMOVED + REMOVED, REMOVED)


def _judged(word: str, allowed: KnownAddresses, *, code: bool) -> Iterator[tuple[str, str]]:
    """Pieces without addresses, each with the replacement of the address that follows it."""
    position = 0
    while address := first(word, position):
        if address.kind == "name":
            start, end = _whole_name(word, position, address)
            yield word[position:start], _as_name(word[start:end], code=code)
            position = end
            continue
        size, gap = _known_part(word, address, allowed)
        if size:
            end = address.start + size
            yield word[position : address.start], word[address.start : end] + gap
            position = end
            continue
        glued = GLUED.search(address.text) if address.text[0] > "\x7f" else None
        if glued:  # Japanese and Chinese go on without a space: この is no part of the host
            part = Address(address.start + glued.start(), glued[0], address.kind)
            size, gap = _known_part(word, part, allowed)
            if size:
                yield word[position : part.start] + " ", word[part.start :][:size] + gap
                position = part.start + size
                continue
            address = part
        text = trimmed(address.text)
        yield word[position : address.start], REMOVED
        tail = len(address.text) - len(text)
        position = address.start + len(text) + max(0, tail - _LONGEST_TAIL)
        if tail > _LONGEST_TAIL:
            yield word[address.start + len(text) :][:_LONGEST_TAIL], ""
            position = address.end
    yield word[position:], ""


def _known_part(word: str, address: Address, allowed: KnownAddresses) -> tuple[int, str]:
    """The length of the known address that this one begins with, and the space to add behind it.

    The length counts the punctuation that follows, and is 0 if no known address is there.
    """
    for candidate in _candidates(word, address, allowed):
        if not candidate or not allowed.includes(candidate):
            continue
        rest = word[address.start + len(candidate) :]
        signs = rest[: len(rest) - len(rest.lstrip(TRAILING))]
        if rest[:1] == "|":  # a table's cell ends here; elsewhere it might belong to the address
            return len(candidate), " "
        if len(candidate) == len(address.text):
            return len(candidate), ""
        if signs == rest and len(rest) <= _LONGEST_TAIL:
            return len(candidate) + len(rest), ""
        if rest[0] in _ENDS or rest[0] > "\x7f":
            signs = signs[:_LONGEST_TAIL]
            return len(candidate) + len(signs), " " if len(rest) > len(signs) else ""
    return 0, ""


def _candidates(word: str, address: Address, allowed: KnownAddresses) -> Iterator[str]:
    """The parts of an address that may be a known one, the longest first."""
    yield allowed.at(word, address.start)
    yield address.text
    yield trimmed(address.text)
    balanced = _BALANCED.match(address.text)
    if balanced:
        yield trimmed(balanced[0])
        for cut in _CUT.finditer(balanced[0]):
            yield trimmed(balanced[0][: cut.start()])


def _of_plain(text: str, allowed: KnownAddresses, *, code: bool) -> str:
    """Text without addresses as written; as Slack shows it, it may have one: `**evil**.com`."""
    plain = _plain(text)
    if plain == text:
        return text
    hidden = [a for a in addresses(plain) if not allowed.includes(trimmed(a.text))]
    if not hidden:
        return text
    if all(address.kind == "name" for address in hidden):
        return _as_name(text, code=code)
    return REMOVED


def _plain(text: str) -> str:
    """A text without Markdown's escapes and emphasis, its letters in their usual form (NFKC)."""
    return unicodedata.normalize("NFKC", _MARKS.sub("", _ESCAPE.sub(r"\1", text)))


def _as_name(text: str, *, code: bool) -> str:
    return f"`{text}`" if code else text.replace(".", " ").replace(":", " ")


def _whole_name(word: str, position: int, address: Address) -> tuple[int, int]:
    """The start and end of the name that an address is part of: `my_module.name`."""
    start, end = address.start, address.start + len(trimmed(address.text))
    while start > position and (word[start - 1].isalnum() or word[start - 1] in "_-.\\/:"):
        start -= 1
    while end < len(word) and (word[end].isalnum() or word[end] == "_"):
        end += 1
    return start, end


def _spellings(text: str, address: Address) -> Iterator[str]:
    """How an address of a document may be spelled: with what is around it, it may go too far."""
    balanced = _BALANCED.match(text, address.start)
    whole = trimmed(balanced[0] if balanced else address.text)
    if address.text.startswith(whole):
        yield whole
        yield (balanced[0] if balanced else whole).rstrip(".,;:!?'\"")
        if ideograph := _IDEOGRAPH.search(whole):
            yield trimmed(whole[: ideograph.start()])
    yield trimmed(_ESCAPE.sub(r"\1", whole))
