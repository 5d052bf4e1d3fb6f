"""Lists that may be cut: each item gets its own number, and an indentation below its parent."""

import re

from bot.markdown.blocks import ITEM


class Lists:
    """The lists that are open, outermost first."""

    def __init__(self) -> None:
        self._parents: list[tuple[int, int]] = []
        """The open items: their indentation in the input, their text's column in the output."""
        self._numbers: dict[int, tuple[int, int]] = {}
        """By indentation: the last number in the input, and in the output."""

    @property
    def inside(self) -> bool:
        return bool(self._parents)

    def end(self) -> None:
        self._parents.clear()
        self._numbers.clear()

    def margin(self, line: str) -> tuple[str, str]:
        """The margin of a line, up to its text, and what it becomes."""
        item = ITEM.match(line)
        margin = item[1] if item else line[: len(line) - len(line.lstrip())]
        indent = len(margin.expandtabs(4))
        if not item and not indent:
            self.end()
        while self._parents and self._parents[-1][0] >= indent:
            self._parents.pop()
        column = max(indent, self._parents[-1][1]) if self._parents else indent
        if not item:
            return margin, " " * column
        marker = self._marker(indent, item)
        self._parents.append((indent, column + len(marker) + 1))
        return item[0], f"{' ' * column}{marker}{item[4]}"

    def fence_margin(self, margin: str) -> str:
        """What a code fence's margin becomes: an item's marker, or its text's indentation."""
        if margin.strip():
            return self.margin(margin)[1].rstrip() + " "
        if not margin:
            return ""
        self.margin(f"{margin}x")
        return " " * self._parents[-1][1] if self._parents else ""

    def _marker(self, indent: int, item: re.Match[str]) -> str:
        """The item's marker. Of a model's `1. 1. 1.` a later message would begin at 1 again."""
        ordered = bool(item[2])
        self._numbers = {at: n for at, n in self._numbers.items() if at < indent + ordered}
        if not ordered:
            return item[0].strip()
        number = int(item[2])
        previous, renumbered = self._numbers.get(indent, (-1, 0))
        number = renumbered + 1 if number == previous else number
        self._numbers[indent] = (int(item[2]), number)
        return f"{number}{item[3]}"
