"""Tables as Slack takes them: every row of the same width, at most 100 rows and 20 columns."""

import re
from collections.abc import Callable, Iterator

from bot.markdown import blocks
from bot.markdown.blocks import cells, row
from bot.markdown.inline import Step

ROWS = 99
"""Rows below the header: Slack counts that too."""

COLUMNS = 20
"""https://docs.slack.dev/reference/block-kit/blocks/table-block has both limits."""

LONGEST_LINE = 6_000
"""Characters of a line after which it is taken for text, so that nothing is held back for ever."""


class MarkdownTable:
    """A table that is being written. One that is too wide waits for its end.

    `division` is the line below the header, if there is one; `inline` translates a row's cell.
    """

    def __init__(self, header: list[str], division: str, inline: Callable[[str], str]) -> None:
        rules = [re.sub(r"-+", "---", cell) for cell in cells(division)] if division else []
        self.width = len(header)
        self.is_over = False
        self._rules = (rules + ["---"] * self.width)[: self.width]
        self._header = header
        self._inline = inline
        self._wide_rows: list[list[str]] = []
        self._row_count = 0

    @property
    def is_wide(self) -> bool:
        return self.width > COLUMNS

    def start(self) -> str:
        """The header, unless the table is to be divided at its end."""
        return "" if self.is_wide else row(self._header) + row(self._rules)

    def step(self, line: str, is_complete: bool) -> Step:
        """The next line of the text: a row, or what ends the table."""
        if not is_complete and len(line) <= LONGEST_LINE:
            return None
        if len(line) <= LONGEST_LINE and _is_row(line):
            body = line[len(blocks.quote_signs(line)) :]
            return len(line) + 1, self.add([self._inline(cell) for cell in cells(body)])
        self.is_over = True
        return 0, self.end() + ("\n" if line.strip() else "")

    def add(self, cells: list[str]) -> str:
        """One more row. A cell too many goes into the last column, one too few is empty."""
        fitting = [*cells[: self.width - 1], " | ".join(cells[self.width - 1 :])]
        full = (fitting + [""] * self.width)[: self.width]
        if self.is_wide:
            self._wide_rows.append(full)
            return ""
        self._row_count += 1
        again = "\n" + self.start() if self._row_count > 1 and self._row_count % ROWS == 1 else ""
        return again + row(full)

    def end(self) -> str:
        """What is left to show: a wide table as several, each with the first column."""
        return "\n".join(self._narrow_tables()) if self.is_wide else ""

    def _narrow_tables(self) -> Iterator[str]:
        for start in range(1, self.width, COLUMNS - 1):
            pick = [0, *range(start, min(start + COLUMNS - 1, self.width))]
            header, rules = ([line[n] for n in pick] for line in (self._header, self._rules))
            part = MarkdownTable(header, row(rules), self._inline)
            rows = ([line[n] for n in pick] for line in self._wide_rows)
            yield part.start() + "".join(map(part.add, rows))


def _is_row(line: str) -> bool:
    body = line[len(blocks.quote_signs(line)) :]
    is_other = blocks.written_fence(body) or blocks.TABBED_HEADING.fullmatch(body)
    return "|" in body and not is_other
