"""Removes the indentation of nested items whose parents are in the message before."""

import re

from bot.markdown.layout import Opened

_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # a line, or the beginning of the last one
_FENCES = ("```", "~~~")


class Margin:
    """Removes from a message's lines the indentation that it begins with, until its list ends.

    With it, Slack would show a nested item or code block raw. `width` is the indentation to remove;
    None: that of the first line. `spaces` were read, and their line's text was not.
    """

    def __init__(
        self,
        width: int | None,
        *,
        in_code: bool = False,
        line_begins: bool = True,
        spaces: str = "",
    ) -> None:
        self._width = width
        self._in_code = in_code
        self._line_begins = line_begins
        self._spaces = spaces

    def after(self, end: Opened) -> "Margin":
        """The margin of the message that follows one with this end."""
        fence = len(end.fence) - len(end.fence.lstrip(" ")) if end.fence else None
        in_code = bool(end.fence)
        return Margin(fence, in_code=in_code, line_begins=end.line_ended, spaces=self._spaces)

    def cut(self, text: str) -> str:
        text, self._spaces = self._spaces + text, ""
        if self._width == 0:
            return text
        return "".join(self._cut_line(line) for line in _LINE.findall(text))

    def _cut_line(self, line: str) -> str:
        if not self._line_begins:
            self._line_begins = line.endswith("\n")
            return line
        bare = line.lstrip(" ")
        if not bare:
            self._spaces = line
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
