"""What a line of Markdown can be, seen from its beginning."""

import re

QUOTE = re.compile(r"(?: {0,3}> ?)*")
MARKER = r"(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?"
FENCE = re.compile(rf"(\s*{MARKER})(`{{3,}}|~{{3,}})[ \t]*([^`\s]*)[^`]*")
HEADING = re.compile(r"\s{0,3}(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*")
RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*")
UNDERLINE = re.compile(r" {0,3}(?:-{2,}|={2,})[ \t]*")
DEFINITION = re.compile(r" {0,3}\[(\^?)([^\]^][^\]]*)\]:[ \t]*(.*)")
FORMULA = re.compile(r"\s*(?:\$\$|\\\[)\s*(.+?)\s*(?:\$\$|\\\])[.,;]?[ \t]*(?:\n|\Z)", re.DOTALL)
UNDECIDED = re.compile(
    rf"""\s*{MARKER}(?:
        \d{{0,9}}[.)]? | `{{0,2}} | ~{{0,2}} | `{{3,}}[^`]* | ~{{3,}}.*
        | \#{{1,6}} (?:\s.*)?
        | \|.* | [-*_=+:|\s]+
        | \[[^\]]{{0,60}} | \[[^\]]{{1,60}}\] (?: :.* )?
        | \$ | \\
    )""",
    re.VERBOSE,
)
"""How a line begins of which it is not certain yet what it is."""


def quote(line: str) -> str:
    """The signs of the quotes that a line belongs to."""
    found = QUOTE.match(line)
    return found[0] if found else ""
