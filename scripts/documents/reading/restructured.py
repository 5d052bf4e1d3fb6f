"""Converts reStructuredText to Markdown, as far as readers see a difference.

docutils would drop directives that it does not know, and most in documentation are Sphinx's. See
https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html.
"""

import re
from collections.abc import Iterator

_ADORNMENT = re.compile(r"([=\-~^\"'`#*+:.<>_])\1{2,}\s*$")  # "====" above or below a heading
_DIRECTIVE = re.compile(r"(\s*)\.\. ([\w:-]+)::\s*(.*)$")  # ".. code-block:: python"
_CODE = {"code", "code-block", "sourcecode", "literalinclude", "parsed-literal", "prompt"}
_INVISIBLE = {
    *("toctree", "contents", "image", "figure", "meta", "index", "highlight", "raw", "only"),
    *("include", "currentmodule", "module", "default-domain"),
}
_OPTION = re.compile(r"\s+:[\w-]+:")  # "   :linenos:"
_ROLE = re.compile(r":[\w:+.-]+:`([^`<]+?)(?:\s*<[^`>]*>)?`")  # ":ref:`Paris <paris>`"
_LINK = re.compile(r"`([^`<]+?)\s*<(https?://[^`>]+)>`__?")  # "`Paris <https://paris.example>`_"
_LITERAL = re.compile(r"``([^`]+)``")  # "``ls``"
# ".. a comment", ".." alone, and the target ".. _paris:"
_COMMENT = re.compile(r"\s*\.\. (?!\[|_|[\w:-]+::)|\s*\.\.\s*$|\s*\.\. _[^:]+:")


def as_markdown(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_lines(text.expandtabs(4).split("\n")))).strip()


def _lines(lines: list[str]) -> Iterator[str]:
    levels: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if heading := _heading(lines, at):
            mark, title, at = heading
            if mark not in levels:
                levels.append(mark)
            yield from ("", f"{'#' * min(levels.index(mark) + 1, 6)} {title}", "")
        elif directive := _DIRECTIVE.match(line):
            end = _end_of_block(lines, at)
            yield from _directive(directive, lines[at + 1 : end])
            at = end
        elif _COMMENT.match(line):
            at = _end_of_block(lines, at)
        elif line.rstrip().endswith("::"):
            end = _end_of_block(lines, at)
            yield from (_inline(line.rstrip()[:-1]), "", *_fenced("", lines[at + 1 : end]))
            at = end
        else:
            yield _inline(line)
            at += 1


def _heading(lines: list[str], at: int) -> tuple[str, str, int] | None:
    """Its adornment, its text, and the number of the line after it; None where there is none."""
    after = [*lines[at + 1 : at + 3], "", ""]
    over, under = _ADORNMENT.match(lines[at]), _ADORNMENT.match(after[1])
    if over and after[0].strip() and under and over[1] == under[1]:
        return over[1] * 2, _inline(after[0].strip()), at + 3
    under = _ADORNMENT.match(after[0])
    title = lines[at].rstrip()
    if title and not over and under and title[0] != " " and len(after[0].rstrip()) >= len(title):
        return under[1], _inline(title), at + 2
    return None


def _end_of_block(lines: list[str], at: int) -> int:
    """The number of the line after the block that is indented below a line."""
    indent = _indent(lines[at])
    end = at + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > indent):
        end += 1
    while end > at + 1 and not lines[end - 1].strip():
        end -= 1
    return end


def _directive(directive: re.Match[str], below: list[str]) -> Iterator[str]:
    name, argument = directive[2], directive[3]
    while below and (_OPTION.match(below[0]) or not below[0].strip()):
        below = below[1:]
    if name in _CODE:
        yield from _fenced(argument, below)
    elif name not in _INVISIBLE:
        yield from ("", _inline(argument), "", *_lines(_dedented(below)), "")


def _fenced(language: str, lines: list[str]) -> list[str]:
    code = _dedented(lines)
    while code and not code[0].strip():
        code = code[1:]
    return ["", f"```{language}", *code, "```", ""] if code else []


def _dedented(lines: list[str]) -> list[str]:
    indent = min((_indent(line) for line in lines if line.strip()), default=0)
    return [line[indent:] for line in lines]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _inline(line: str) -> str:
    line = _LINK.sub(r"[\1](\2)", line)
    return _LITERAL.sub(r"`\1`", _ROLE.sub(r"\1", line))
