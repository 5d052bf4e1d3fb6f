"""Markdown's blocks: which line opens or closes a code block, an item, a heading or a table.

Documents, answers and quotes are all read with these patterns, so that they agree on what is code.
The rules are CommonMark's (https://spec.commonmark.org/0.31.2/), tables are GitHub's
(https://github.github.com/gfm/#tables-extension-), as far as Slack draws them.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

TICKS = r"`{3,}|~{3,}"
"""What a code fence is made of: "```", "~~~~"."""

MARKER = r"(?:[-*+]|\d{1,9}[.)])"
"""What a list's item begins with: "-", "12."."""

ITEM = re.compile(r"([ \t]*)(?:[-*+]|(\d{1,9})([.)]))([ \t]+)")
"""The beginning of an item: "- ", "  12. ". Groups: indentation, number, "." or ")", space."""

FENCE = re.compile(rf" {{0,3}}({TICKS})")
"""The beginning of a document's line that opens a code block: "```", "   ~~~ python"."""

MAYBE_FENCE = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)]?)[ \t]*)?(?:`{0,2}|~{0,2}|(?:`{3,}|~{3,})[^\n]*)\Z"
)
"""A line without its end that may become a fence yet: "> ", "1", "- ``", "```py"."""

_HEADING = r"(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*"
HEADING = re.compile(rf" {{0,3}}{_HEADING}")
"""A whole heading: "## Deploying", "# C# #", "#". Groups: its signs, and its text if any."""

TABBED_HEADING = re.compile(rf"\s{{0,3}}{_HEADING}")
"""The same as models write it, who may indent it by a tab: in documents that would be code."""

HEADING_START = re.compile(r"#{1,6}(?:\s|$)")
"""The beginning of a heading that is not indented: "## "."""

RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*")
"""A whole divider: "---", "* * *"."""

UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
"""A whole line that makes a heading of the line above it: "=====", "---"."""

DEFINITION = re.compile(r" {0,3}\[(\^?)([^\]^][^\]]*)\]:[ \t]*(.*)")
"""A whole definition: "[guide]: https://example.com", "[^1]: A note"."""

FORMULA = re.compile(r"\s*(?:\$\$|\\\[)\s*(.+?)\s*(?:\$\$|\\\])[.,;]?[ \t]*(?:\n|\Z)", re.DOTALL)
r"""A formula on lines of its own: "$$x^2$$", "\[ x^2 \]"."""

DIVISION = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
"""A whole line that divides a table's header from its rows: "|---|:-:|", "--- | ---"."""

CODE = r"```.*?(?:```|\Z)|`[^`\n]*`"
"""Code in a whole text, for patterns with `re.DOTALL`: "```…```" or, within a line, "`x`"."""

UNDECIDED = re.compile(
    rf"""\s*(?:{MARKER}[ \t]+)?(?:
        \d{{0,9}}[.)]?                          # "1", "12."
        | `{{0,2}} | ~{{0,2}}                   # "``"
        | `{{3,}}[^`]* | ~{{3,}}.*              # "```py"
        | \#{{1,6}} (?:\s.*)?                   # "## Deploy"
        | \|.* | [-*_=+:|\s]+                   # "| Name", "--", "| :-"
        | \[[^\]]{{0,60}}                       # "[gui"
        | \[[^\]]{{1,60}}\] (?: :.* )?          # "[guide]: htt"
        | \$ | \\                               # of a formula
    )""",
    re.VERBOSE,
)
"""The beginning of a line of which it is not certain yet what it is."""

_QUOTE = re.compile(r"(?: {0,3}> ?)*")  # "> ", ">> "
_FENCE_LINE = re.compile(rf"([ \t>]*)({MARKER}[ \t]+)?({TICKS})([^`\n]*)\n?")  # "> - ```py"
_LANGUAGE = re.compile(r"[ \t]*(\S*)")  # " python" of " python title=x.py"
_CODE_SPAN = re.compile(r"(`+)(?:(?!\1).)+\1(?!`)")  # "`x`", "``a`b``"
_BAR = re.compile(r"(?<!\\)\|")  # "|", but not "\|"
_LAST_BAR = re.compile(r"(?<!\\)\|$")


class Fence(NamedTuple):
    """The parts of a line that opens a code block: "> ", "- ", "```" and " python"."""

    margin: str
    marker: str
    ticks: str
    info: str

    @property
    def language(self) -> str:
        match = _LANGUAGE.match(self.info)
        return match[1] if match else ""


def opening_fence(line: str) -> Fence | None:
    """The fence that a line consists of, with the quote's signs and the item's marker before it."""
    match = _FENCE_LINE.fullmatch(line)
    return Fence(match[1], match[2] or "", match[3], match[4]) if match else None


def written_fence(body: str) -> Fence | None:
    """The fence that a model's line, without its quote's signs, consists of, however indented."""
    bare = body.lstrip()
    fence = opening_fence(bare)
    if not fence or ">" in fence.margin:
        return None
    return fence._replace(margin=body[: len(body) - len(bare)])


def closes_fence(bare: str, ticks: str) -> bool:
    """Whether a line, without its margin, closes a code block that was opened with `ticks`."""
    return bare.startswith(ticks) and not bare.rstrip().strip(ticks[0])


def is_item(line: str) -> bool:
    """Whether a line begins an item that says something: "- x", but not "- "."""
    item = ITEM.match(line)
    return bool(item and line[item.end() : item.end() + 1].strip())


def quote_signs(line: str) -> str:
    """The signs of the quotes that a line belongs to: "> " of "> text"."""
    match = _QUOTE.match(line)
    return match[0] if match else ""


def is_division(line: str) -> bool:
    """Whether the line divides a table's header from its rows. "---" alone may be a divider."""
    return "|" in line and bool(DIVISION.fullmatch(line))


def cells(line: str) -> list[str]:
    """A row's cells: bars that are escaped or stand in code divide nothing."""
    hidden = _CODE_SPAN.sub(lambda code: code[0].replace("|", "\0"), line.strip())
    inner = _LAST_BAR.sub("", hidden.removeprefix("|"))
    return [cell.strip().replace("\0", "|") for cell in _BAR.split(inner)]


def row(cells: Sequence[str]) -> str:
    """A row of these cells: "| a | b |"."""
    return "| " + " | ".join(_BAR.sub(r"\\|", cell) for cell in cells) + " |\n"
