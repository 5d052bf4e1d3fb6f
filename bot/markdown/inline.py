"""Translates what is within a line: emphasis, code, links, notes, formulas.

Each function gets the rest of a line, whose end may be missing unless `is_complete`. It returns a
`Step`, which must not depend on later text: the result is the same however the text was cut.
"""

import re
import unicodedata
from dataclasses import dataclass

from bot.markdown import html
from bot.markdown.escape import HAIR, entity, gap, harmless
from bot.markdown.references import References

Step = tuple[int, str] | None
"""How many characters are translated, and to what; None: wait for more text."""

_PLAIN = re.compile(r"[^\\`<&\[!$*_~]+")  # up to the next sign of Markdown or HTML
_NOTE = re.compile(r"\[\^(\d{1,4}|[A-Za-z]\w[\w-]{0,40})\]")  # "[^1]", "[^note-2]"
_RUN = re.compile(r"\*+|_+|~+|`+")  # "**", "``"
_FORMULA = re.compile(r"(\$\$|\$|\\\(|\\\[)(.+?)(\$\$|\$|\\\)|\\\])")  # "$x^2$", "\(x\)"
_MATHS = re.compile(r"[\\^_={}+<>]|^[A-Za-z]$")  # what "x^2" and "n" have and "5 and " lacks
_FORMULA_START = re.compile(r"\$\$?|\\[(\[]")  # "$$", "\("
_PRICE = re.compile(r"\$(?:\s|\d\S*\s)")  # "$5.00 ", "$ "
_PAIRS = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}

_LONGEST_EMPHASIS = 400
"""Characters in which emphasis has to end."""

_LONGEST_HOLD = 2_000
"""Characters in which anything else has to end, so that no more are held back."""


@dataclass(frozen=True, slots=True)
class Inline:
    """Translates one line. `newline` is what `<br>` becomes in it."""

    references: References
    newline: str = "\n"

    def whole(self, text: str) -> str:
        """Translate a whole text without line breaks."""
        clean, before = "", ""
        while text:
            size, piece = self.step(text, True, before) or (1, harmless(text[0]))
            before, text, clean = text[size - 1], text[size:], clean + piece
        return clean

    def step(self, line: str, is_complete: bool, before: str) -> Step:
        """Translate the beginning of a non-empty `line`; `before` is the character before it."""
        if plain := _PLAIN.match(line):
            return plain.end(), plain[0]
        if len(line) > _LONGEST_HOLD:
            line, is_complete = line[:_LONGEST_HOLD], True
        match line[0]:
            case "\\":
                return self._backslash(line, is_complete)
            case "`":
                return _code(line, is_complete)
            case "<":
                return html.step(line, is_complete, before, self.newline, self.whole)
            case "&":
                return entity(line, is_complete)
            case "[":
                return self._bracket(line, is_complete, before)
            case "!":
                return self._picture(line, is_complete)
            case "$":
                return _formula(line, is_complete)
        if len(line) > _LONGEST_EMPHASIS:
            line, is_complete = line[:_LONGEST_EMPHASIS], True
        return self._emphasis(line, is_complete, before)

    def _backslash(self, line: str, is_complete: bool) -> Step:
        if len(line) == 1:
            return (1, "\\") if is_complete else None
        if line[1] in "([":
            formula = _formula(line, is_complete)
            return formula if formula is None or formula[0] > 1 else (2, line[:2])
        return 2, harmless(line[:2])

    def _bracket(self, line: str, is_complete: bool, before: str) -> Step:
        if note := _NOTE.match(line):
            if note.end() == len(line) and not is_complete:
                return None
            following = line[note.end() : note.end() + 1]
            return note.end(), self.references.note(note[1]) + gap(following)
        end = _closing(line, 0, "[]")
        if end < 0 or (end == len(line) and not is_complete):
            return (1, "[") if is_complete else None
        label, following = line[1 : end - 1], line[end : end + 1]
        if following == "(":
            stop = _closing(line, end, "()")
            if stop < 0:
                return (1, "[") if is_complete else None
            return stop, f"[{self.whole(label) or 'image'}]{harmless(line[end:stop])}"
        if following == "[" and not before.isalnum() and not label.isdecimal():
            return self._reference(line, end, is_complete)
        if self.references.knows(label):
            return end, self.references.link(self.whole(label), label)
        return 1, "["

    def _reference(self, line: str, end: int, is_complete: bool) -> Step:
        """A link `[label][name]`, unless the name is a number, which is a source's."""
        stop = line.find("]", end)
        if stop < 0 or (stop + 1 == len(line) and not is_complete):
            return (1, "[") if stop < 0 and is_complete else None
        label = line[1 : end - 1]
        name = line[end + 1 : stop] or label
        if name.isdecimal():
            return 1, "["
        link = self.references.link(self.whole(label), name)
        return stop + 1, link + gap(line[stop + 1 : stop + 2])

    def _picture(self, line: str, is_complete: bool) -> Step:
        """A picture becomes a link: Slack shows none in Markdown."""
        if line == "!":
            return (1, "!") if is_complete else None
        step = self._bracket(line[1:], is_complete, "") if line[1] == "[" else (1, "")
        if step is None:
            return None
        return (1 + step[0], step[1]) if step[0] > 1 else (1, "!")

    def _emphasis(self, line: str, is_complete: bool, before: str) -> Step:
        mark = line[: len(line) - len(line.lstrip(line[0]))]
        if mark == line and not is_complete:
            return None
        after = line[len(mark) : len(mark) + 1]
        within_word = mark[0] == "_" and _is_word(before)
        if len(mark) > 3 or mark in ("~", "~~~") or not after.strip() or within_word:
            return len(mark), mark
        close = _closing_mark(line, mark, is_complete)
        if close < 0 or (close + len(mark) == len(line) and not is_complete):
            return (len(mark), mark) if is_complete else None
        inner, end = line[len(mark) : close], close + len(mark)
        stars = mark.replace("_", "*")
        gap_before = HAIR if _stands_between(before, inner[0]) else ""
        gap_after = HAIR if _stands_between(line[end : end + 1], inner[-1]) else ""
        return end, f"{gap_before}{stars}{self.whole(inner)}{stars}{gap_after}"


def _code(line: str, is_complete: bool) -> Step:
    ticks = line[: len(line) - len(line.lstrip("`"))]
    close = re.compile(rf"(?<!`){ticks}(?!`)").search(line, len(ticks))
    if close and (close.end() < len(line) or is_complete):
        return close.end(), harmless(line[: close.end()])
    return (len(ticks), ticks) if is_complete else None


def _formula(line: str, is_complete: bool) -> Step:
    """A formula becomes code, without its dollars. Prices and shell variables stay."""
    formula = _FORMULA.match(line)
    opening = _FORMULA_START.match(line)
    if not opening or (opening.end() == len(line) and not is_complete):
        return (1, line[0]) if is_complete or not opening else None
    price = opening[0] == "$" and _PRICE.match(line)
    if price or (not formula and is_complete):
        return 1, line[0]
    if not formula or (formula.end() == len(line) and not is_complete):
        return None
    inner = formula[2]
    fits = _PAIRS[formula[1]] == formula[3] and _MATHS.search(inner) and "`" not in inner
    spaced = formula[1] == "$" and (inner != inner.strip() or line[formula.end() :][:1].isdecimal())
    if not fits or spaced:
        return 1, line[0]
    return formula.end(), f"`{harmless(inner.strip())}`"


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


def _closing_mark(line: str, mark: str, is_complete: bool) -> int:
    """The position of what closes the mark that begins the line, or -1. None is within code."""
    position = len(mark)
    while position < len(line):
        run = _RUN.match(line, position)
        if not run:
            position += 2 if line[position] == "\\" else 1
            continue
        size = len(run[0])
        if run[0][0] == "`":
            close = line.find(run[0], run.end())
            if close < 0 and not is_complete:
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
    """Whether Markdown would see no emphasis here: `outside` is of a word, `inside` a sign."""
    return _is_word(outside) and unicodedata.category(inside)[0] in "PS"


def _is_word(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] not in "PSZC"
