"""What stands within a line: emphasis, code, links, notes, formulas, as Slack shows them.

Everything works on the rest of a line, of which the end may still be missing. A step says how
many characters are done with and what they become; None asks for more. What it says must not
depend on what comes later, so that text comes out the same however it was cut into pieces.
"""

import re
import unicodedata
from dataclasses import dataclass

from bot.markdown import html
from bot.markdown.escape import HAIR, entity, gap, harmless
from bot.markdown.references import References

Step = tuple[int, str] | None

_PLAIN = re.compile(r"[^\\`<&\[!$*_~]+")
_NOTE = re.compile(r"\[\^(\d{1,4}|[A-Za-z]\w[\w-]{0,40})\]")
_RUN = re.compile(r"\*+|_+|~+|`+")
_FORMULA = re.compile(r"(\$\$|\$|\\\(|\\\[)(.+?)(\$\$|\$|\\\)|\\\])")
_MATHS = re.compile(r"[\\^_={}+<>]|^[A-Za-z]$")
_PAIRS = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}

_LONGEST_EMPHASIS = 400
_LONGEST_HOLD = 2_000


@dataclass(frozen=True, slots=True)
class Inline:
    """`newline` is what `<br>` becomes here."""

    references: References
    newline: str = "\n"

    def whole(self, text: str) -> str:
        """All of a text that holds no line break."""
        clean, before = "", ""
        while text:
            taken, piece = self.step(text, True, before) or (1, harmless(text[0]))
            before, text, clean = text[taken - 1], text[taken:], clean + piece
        return clean

    def step(self, line: str, ended: bool, before: str) -> Step:
        """`line` is not empty, `before` is the character before it."""
        if plain := _PLAIN.match(line):
            return plain.end(), plain[0]
        if len(line) > _LONGEST_HOLD:
            line, ended = line[:_LONGEST_HOLD], True
        match line[0]:
            case "\\":
                return self._backslash(line, ended)
            case "`":
                return _code(line, ended)
            case "<":
                return html.step(line, ended, before, self.newline, self.whole)
            case "&":
                return entity(line, ended)
            case "[":
                return self._bracket(line, ended, before)
            case "!":
                return self._picture(line, ended)
            case "$":
                return _formula(line, ended)
        if len(line) > _LONGEST_EMPHASIS:
            line, ended = line[:_LONGEST_EMPHASIS], True
        return self._emphasis(line, ended, before)

    def _backslash(self, line: str, ended: bool) -> Step:
        if len(line) == 1:
            return (1, "\\") if ended else None
        if line[1] in "([":
            formula = _formula(line, ended)
            return formula if formula is None or formula[0] > 1 else (2, line[:2])
        return 2, harmless(line[:2])

    def _bracket(self, line: str, ended: bool, before: str) -> Step:
        if note := _NOTE.match(line):
            if note.end() == len(line) and not ended:
                return None
            following = line[note.end() : note.end() + 1]
            return note.end(), self.references.note(note[1]) + gap(following)
        end = _closing(line, 0, "[]")
        if end < 0 or (end == len(line) and not ended):
            return (1, "[") if ended else None
        label, following = line[1 : end - 1], line[end : end + 1]
        if following == "(":
            stop = _closing(line, end, "()")
            if stop < 0:
                return (1, "[") if ended else None
            return stop, f"[{self.whole(label) or 'image'}]{harmless(line[end:stop])}"
        if following == "[" and not before.isalnum() and not label.isdecimal():
            return self._reference(line, end, ended)
        if self.references.knows(label):
            return end, self.references.link(self.whole(label), label)
        return 1, "["

    def _reference(self, line: str, end: int, ended: bool) -> Step:
        """`[label][name]`; a number as the name is a source's."""
        stop = line.find("]", end)
        if stop < 0 or (stop + 1 == len(line) and not ended):
            return (1, "[") if stop < 0 and ended else None
        label = line[1 : end - 1]
        name = line[end + 1 : stop] or label
        if name.isdecimal():
            return 1, "["
        shown = self.references.link(self.whole(label), name)
        return stop + 1, shown + gap(line[stop + 1 : stop + 2])

    def _picture(self, line: str, ended: bool) -> Step:
        """Slack shows a picture in Markdown as a link at best."""
        if line == "!":
            return (1, "!") if ended else None
        step = self._bracket(line[1:], ended, "") if line[1] == "[" else (1, "")
        if step is None:
            return None
        return (1 + step[0], step[1]) if step[0] > 1 else (1, "!")

    def _emphasis(self, line: str, ended: bool, before: str) -> Step:
        mark = line[: len(line) - len(line.lstrip(line[0]))]
        if mark == line and not ended:
            return None
        after = line[len(mark) : len(mark) + 1]
        within_word = mark[0] == "_" and _is_word(before)
        if len(mark) > 3 or mark in ("~", "~~~") or not after.strip() or within_word:
            return len(mark), mark
        close = _closing_mark(line, mark, ended)
        if close < 0 or (close + len(mark) == len(line) and not ended):
            return (len(mark), mark) if ended else None
        inner, end = line[len(mark) : close], close + len(mark)
        shown = mark.replace("_", "*")
        left = HAIR if _stands_between(before, inner[0]) else ""
        right = HAIR if _stands_between(line[end : end + 1], inner[-1]) else ""
        return end, f"{left}{shown}{self.whole(inner)}{shown}{right}"


def _code(line: str, ended: bool) -> Step:
    ticks = line[: len(line) - len(line.lstrip("`"))]
    close = re.compile(rf"(?<!`){ticks}(?!`)").search(line, len(ticks))
    if close and (close.end() < len(line) or ended):
        return close.end(), harmless(line[: close.end()])
    return (len(ticks), ticks) if ended else None


def _formula(line: str, ended: bool) -> Step:
    """A formula becomes code, without its dollars; prices and shell variables stay."""
    found = _FORMULA.match(line)
    opening = re.match(r"\$\$?|\\[(\[]", line)
    if not opening or (opening.end() == len(line) and not ended):
        return (1, line[0]) if ended or not opening else None
    price = opening[0] == "$" and re.match(r"\$(?:\s|\d\S*\s)", line)
    if price or (not found and ended):
        return 1, line[0]
    if not found or (found.end() == len(line) and not ended):
        return None
    inner = found[2]
    fits = _PAIRS[found[1]] == found[3] and _MATHS.search(inner) and "`" not in inner
    spaced = found[1] == "$" and (inner != inner.strip() or line[found.end() :][:1].isdecimal())
    if not fits or spaced:
        return 1, line[0]
    return found.end(), f"`{harmless(inner.strip())}`"


def _closing(text: str, start: int, pair: str) -> int:
    """The position after the bracket that closes the one at `start`, or -1."""
    depth, position = 0, start
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] in pair:
            depth += 1 if text[position] == pair[0] else -1
            if depth == 0:
                return position + 1
        position += 1
    return -1


def _closing_mark(line: str, mark: str, ended: bool) -> int:
    """Where the mark that begins the line is closed, outside code, not after a space; or -1."""
    position = len(mark)
    while position < len(line):
        run = _RUN.match(line, position)
        if not run:
            position += 2 if line[position] == "\\" else 1
            continue
        size = len(run[0])
        if run[0][0] == "`":
            close = line.find(run[0], run.end())
            if close < 0 and not ended:
                return -1
            position = run.end() if close < 0 else close + size
            continue
        closes = run[0][0] == mark[0] and (size == len(mark) or size > max(len(mark), 2))
        ends_word = mark[0] == "_" and _is_word(line[run.end() : run.end() + 1])
        if closes and not line[position - 1].isspace() and not ends_word:
            return run.end() - len(mark)
        position = run.end()
    return -1


def _stands_between(outside: str, inside: str) -> bool:
    """Whether Markdown would not see emphasis between a word's and a sign's character."""
    return _is_word(outside) and unicodedata.category(inside)[0] in "PS"


def _is_word(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] not in "PSZC"
