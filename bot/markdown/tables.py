"""Tables as Slack takes them: every row of the same width, at most 100 rows and 20 columns."""

import re
from collections.abc import Iterator, Sequence

_DIVISION = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_CODE = re.compile(r"(`+)(?:(?!\1).)+\1(?!`)")
_BAR = re.compile(r"(?<!\\)\|")

ROWS = 99
"""Rows below the header: Slack counts that too."""

COLUMNS = 20


def is_division(line: str) -> bool:
    """Whether the line divides a table's header from its rows: `|---|:-:|`."""
    return "-" in line and "|" in line and bool(_DIVISION.fullmatch(line))


def cells(line: str) -> list[str]:
    """A row's cells: bars that are escaped or stand in code divide nothing."""
    hidden = _CODE.sub(lambda code: code[0].replace("|", "\0"), line.strip())
    inner = re.sub(r"(?<!\\)\|$", "", hidden.removeprefix("|"))
    return [cell.strip().replace("\0", "|") for cell in _BAR.split(inner)]


def row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_BAR.sub(r"\\|", cell) for cell in cells) + " |\n"


class MarkdownTable:
    """A table that is being written. One that is too wide waits for its end."""

    def __init__(self, header: list[str], division: str = "") -> None:
        rules = [re.sub(r"-+", "---", cell) for cell in cells(division)] if division else []
        self.width = len(header)
        self._rules = (rules + ["---"] * self.width)[: self.width]
        self._header = header
        self._rows: list[list[str]] = []
        self._shown = 0

    @property
    def is_wide(self) -> bool:
        return self.width > COLUMNS

    def start(self) -> str:
        """The header, unless the table is to be told apart at its end."""
        return "" if self.is_wide else row(self._header) + row(self._rules)

    def add(self, cells: list[str]) -> str:
        """One more row. A cell too many goes into the last column, one too few is empty."""
        kept = [*cells[: self.width - 1], " | ".join(cells[self.width - 1 :])]
        full = (kept + [""] * self.width)[: self.width]
        if self.is_wide:
            self._rows.append(full)
            return ""
        self._shown += 1
        again = "\n" + self.start() if self._shown > 1 and self._shown % ROWS == 1 else ""
        return again + row(full)

    def end(self) -> str:
        """What is left to show: a wide table as several, each with the first column."""
        return "\n".join(self._narrow_tables()) if self.is_wide else ""

    def _narrow_tables(self) -> Iterator[str]:
        for start in range(1, self.width, COLUMNS - 1):
            pick = [0, *range(start, min(start + COLUMNS - 1, self.width))]
            part = MarkdownTable(
                [self._header[n] for n in pick], row([self._rules[n] for n in pick])
            )
            yield part.start() + "".join(part.add([line[n] for n in pick]) for line in self._rows)
