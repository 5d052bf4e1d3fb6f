"""Keeps the pieces of an answer apart where they would form an unknown address.

That can happen where something between them was removed.
"""

from bot.answering.grounding.links import KnownAddresses, meet
from bot.markdown.html import TAG

_LONGEST_WORD = 200
"""How many characters of the last word are kept, to see whether the next ones make it an address:
a host has 253 at most, its registrable part far fewer."""


class Output:
    """The end of the answer so far. `allowed` are the addresses that pieces may form."""

    def __init__(self, allowed: KnownAddresses) -> None:
        self.is_line_start = True
        self.has_open_tick = False
        """Whether a backtick stands in the paragraph that may still begin code."""
        self.word = ""
        """The end of the text, back to the last space."""
        self._allowed = allowed

    def add(self, text: str, *, in_code: bool) -> str:
        """Append a text; returns it, with a space before it if it must not join what is there."""
        if not text:
            return ""
        if not in_code and self._joins(text):
            text = f" {text}"
        self.word = "" if text[-1].isspace() else (self.word + text)[-_LONGEST_WORD:].split()[-1]
        self.has_open_tick = self.has_open_tick and not (self.is_line_start and text[0] == "\n")
        self.is_line_start = text.endswith("\n")
        return text

    def gap(self, pending: str, position: int) -> str:
        """The space between a word and what follows a removed part; empty if none is needed."""
        following = pending[position : position + 1]
        return " " if self.word and following and not following.isspace() else ""

    def _joins(self, text: str) -> bool:
        if not self.word or text[0].isspace():
            return False
        first = "x" if text[0] in "<`" else text[:_LONGEST_WORD].split(maxsplit=1)[0]
        if self.word[-1] + text[0] in ("``", "\\`", "]("):
            return True  # other code, or a link
        return meet(TAG.sub("", self.word), first, self._allowed)
