"""Lists that survive being cut: every item has its own number and stands below its parent."""

import re

from bot.markdown.blocks import ITEM


class Lists:
    """The lists that are open, outermost first."""

    def __init__(self) -> None:
        self._parents: list[tuple[int, int]] = []
        """Of each open item: its indentation as written, and where its text begins as shown."""
        self._numbers: dict[int, tuple[int, int]] = {}
        """By indentation: the number that was written last, and the one that was shown."""

    @property
    def inside(self) -> bool:
        return bool(self._parents)

    def end(self) -> None:
        self._parents.clear()
        self._numbers.clear()

    def margin(self, line: str) -> tuple[str, str]:
        """What a line begins with, up to its text, and what is shown for that."""
        item = ITEM.match(line)
        written = item[1] if item else line[: len(line) - len(line.lstrip())]
        indent = len(written.expandtabs(4))
        if not item and not indent:
            self.end()
        while self._parents and self._parents[-1][0] >= indent:
            self._parents.pop()
        shown = max(indent, self._parents[-1][1]) if self._parents else indent
        if not item:
            return written, " " * shown
        marker = self._marker(indent, item)
        self._parents.append((indent, shown + len(marker) + 1))
        return item[0], f"{' ' * shown}{marker}{item[4]}"

    def fence_margin(self, written: str) -> str:
        """What a code fence begins with: an item's marker, or as much space as its item's text."""
        if written.strip():
            return self.margin(written)[1].rstrip() + " "
        if not written:
            return ""
        self.margin(f"{written}x")
        return " " * self._parents[-1][1] if self._parents else ""

    def _marker(self, indent: int, item: re.Match[str]) -> str:
        """A model may number `1. 1. 1.`, of which a later message would begin at 1 again."""
        ordered = bool(item[2])
        self._numbers = {at: n for at, n in self._numbers.items() if at < indent + ordered}
        if not ordered:
            return item[0].strip()
        number = int(item[2])
        written, shown = self._numbers.get(indent, (-1, 0))
        number = shown + 1 if number == written else number
        self._numbers[indent] = (int(item[2]), number)
        return f"{number}{item[3]}"
