"""A code block while it streams: its lines stand as they are, with an indentation Slack accepts."""

import re

from bot.markdown.blocks import Fence, closes_fence
from bot.markdown.escape import harmless
from bot.markdown.inline import Step
from bot.markdown.lists import Lists

_LONGEST_LANGUAGE = 40


class CodeBlock:
    """A code block of which the closing fence has not come yet."""

    def __init__(self, fence: Fence, quote: str, lists: Lists) -> None:
        """Where it is indented by more than its list asks for, Slack would see no code block."""
        margin = fence.margin + fence.marker
        if quote:
            self._margin = quote + (margin if fence.marker else "")
        else:
            self._margin = lists.fence_margin(margin)
        self._fence = fence
        self._indent = quote + re.sub(r"\S", " ", self._margin[len(quote) :])  # "- " becomes "  "
        self._is_quoted = bool(quote)
        self._within_line = False
        self.is_over = False

    def start(self) -> str:
        """The line that opens it."""
        language = harmless(self._fence.language[:_LONGEST_LANGUAGE])
        return f"{self._margin}{self._fence.ticks}{language}\n"

    def step(self, line: str, is_complete: bool) -> Step:
        """The next of the text, whose current line goes on with `line`."""
        if self._within_line:
            self._within_line = bool(line)
            return (len(line), harmless(line)) if line else (1, "\n")
        leaves_quote = self._is_quoted and not line.lstrip().startswith(">")
        if leaves_quote and (line.strip() or is_complete):
            self.is_over = True
            return 0, ""
        bare = line.lstrip(" \t>")
        if not is_complete and not bare.strip("`~ "):
            return None
        if is_complete and closes_fence(bare, self._fence.ticks):
            self.is_over = True
            return len(line) + 1, f"{self._indent}{bare.rstrip()}\n"
        self._within_line = True
        return 0, self._lacking(line)

    def end(self) -> str:
        """What closes it where the text ends inside it."""
        return ("\n" if self._within_line else "") + self._indent + self._fence.ticks

    def _lacking(self, line: str) -> str:
        """A line that is indented less than the fence would end its list, and so the code."""
        if self._is_quoted:
            return ""
        return " " * (len(self._indent) - (len(line) - len(line.lstrip(" "))))
