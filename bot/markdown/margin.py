"""Indentation that means nothing without the list it belongs to."""

import re

from bot.markdown.layout import Opened

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_FENCES = ("```", "~~~")


class Margin:
    """Takes from a message's lines the indentation it begins with, until its list ends.

    A nested item or code block whose parents stand in the message before would show raw. `width`
    None: as much as the first line has.
    """

    def __init__(
        self, width: int | None, *, in_code: bool = False, line_begins: bool = True, held: str = ""
    ) -> None:
        self._width = width
        self._in_code = in_code
        self._line_begins = line_begins
        self._held = held

    def after(self, end: Opened) -> "Margin":
        """The margin of the message that follows one with this end."""
        fence = len(end.fence) - len(end.fence.lstrip(" ")) if end.fence else None
        in_code = bool(end.fence)
        return Margin(fence, in_code=in_code, line_begins=end.line_ended, held=self._held)

    def cut(self, text: str) -> str:
        text, self._held = self._held + text, ""
        if self._width == 0:
            return text
        return "".join(self._cut_line(line) for line in _LINE.findall(text))

    def _cut_line(self, line: str) -> str:
        if not self._line_begins:
            self._line_begins = line.endswith("\n")
            return line
        bare = line.lstrip(" ")
        if not bare:
            self._held = line
            return ""
        self._line_begins = bare.endswith("\n")
        if bare == "\n":
            return bare
        indent = len(line) - len(bare)
        if bare.startswith(_FENCES):
            self._in_code = not self._in_code
        elif not self._in_code:
            self._width = indent if self._width is None else min(self._width, indent)
        return line[min(indent, self._width or 0) :]
