"""Cleans what a model writes while it streams: citations become true, made-up links are reduced.

`[3]` becomes the number under which the third passage's source will be listed; numbers that name
no passage go, and `[0]`, by which a model says that the passages don't answer, is remembered.
`[text](url)` with an unknown URL becomes `text`. What may be the beginning of one of these is held
back until it is certain. Code is left alone, except for links.
"""

import re

from bot.answering.events import Source
from bot.answering.links import (
    REMOVED,
    is_known,
    looks_like_link,
    meet,
    without_unknown_links,
)
from bot.answering.listed import Listed, listed
from bot.answering.marks import CITATION, CLOSING, MAYBE_NOT_FOUND, NOT_FOUND, numbers
from bot.answering.material import Material

_FENCE = re.compile(
    r"([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(`{3,}|~{3,})(?=[^`\n]*(?:\n|\Z))([^\n]*)\n?"
)
_MAYBE_FENCE = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)]?)[ \t]*)?(?:`{0,2}|~{0,2}|(?:`{3,}|~{3,})[^\n]*)\Z"
)
_SPACE = re.compile(r"[ \t]+")
_TICKS = re.compile(r"`+")
_INDEX = re.compile(r"\[\d{1,9}\]")
_NAME = re.compile(r"[A-Za-z_][\w.]*\Z")
_ANGLE = re.compile(r"<([^<>\s|]{0,900})(?:\|([^<>\n]{0,1000}))?(>?)")
_RUN = re.compile(r"[!-~]+?(?=[<>`\[\]\s]|!\[|\\[\[`\\]|[^!-~]|\Z)")
_OTHER = re.compile(r"[^\x00-\x7f\u3010\uff3b]+|.", re.DOTALL)
_LONGEST_WORD = 200
_LONGEST_HOLD = 2_000

Step = tuple[int, str] | None
"""How many characters are done with and what they become; None: wait for more."""


class CitedText:
    """One answer's text on its way: `feed` each piece, `finish` at the end, then read `numbers`."""

    def __init__(self, material: Material) -> None:
        self.numbers: dict[int, None] = {}
        """Which hits of the material were cited, counted from 0, in the order of the text."""
        self._cited: list[Source] = []
        self._material = material
        self._held = ""
        self._fence = ""
        self._in_quote = False
        self._line_start = True
        self._open_tick = False
        self._word = ""
        """The end of what was written, back to the last space."""
        self._begun = False
        self._began_with_mark = self._marked = False
        self._named: list[int] = []

    @property
    def abstained(self) -> bool:
        """Whether the model says that its material doesn't answer: `[0]` first, or nothing else."""
        return self._began_with_mark or (self._marked and not self.numbers)

    def feed(self, piece: str) -> str:
        self._held += piece
        return self._drain(final=False)

    def finish(self) -> str:
        """The rest; where only a list at the end named sources, their numbers."""
        clean = self._drain(final=True)
        if self.numbers or not (named := self._cite(self._named, "")):
            return clean
        if self._fence:
            clean += "\n\n" if self._in_quote else f"\n{self._fence}\n"
        return clean + ("" if self._line_start or self._fence else " ") + named

    def begin_again(self) -> None:
        """Judge by what follows whether the material answers, since there will be more of it."""
        if not self._begun:
            self._held = ""  # the mark, or what it begins with
        self._begun = self._began_with_mark = self._marked = False

    def _drain(self, final: bool) -> str:
        if not self._begun and not self._begin(final):
            return ""
        clean = ""
        while self._held:
            step = self._step(self._held, final)
            if step is None:
                break
            self._held = self._held[step[0] :]
            clean += self._written(step[1])
        return clean

    def _written(self, text: str) -> str:
        """A text as it follows what was written before: where something went, no link may arise."""
        if not text:
            return ""
        if self._joins(text):
            text = f" {text}"
        self._word = "" if text[-1].isspace() else (self._word + text)[-_LONGEST_WORD:].split()[-1]
        self._line_start = text.endswith("\n")
        self._open_tick = self._open_tick and "\n" not in text
        return text

    def _joins(self, text: str) -> bool:
        if self._fence or not self._word or text[0].isspace():
            return False
        first = "x" if text[0] == "<" else text[:_LONGEST_WORD].split(maxsplit=1)[0]
        makes_target = self._word.endswith("]") and text[0] == "("
        return makes_target or meet(self._word, first, self._material.links)

    def _begin(self, final: bool) -> bool:
        """Take the mark from the beginning; False: wait for more."""
        if not final and MAYBE_NOT_FOUND.fullmatch(self._held):
            return False
        if mark := NOT_FOUND.match(self._held):
            self._began_with_mark, self._held = True, self._held[mark.end() :]
        self._begun = True
        return True

    def _step(self, held: str, final: bool) -> Step:
        if self._line_start:
            if not final and "\n" not in held and _MAYBE_FENCE.match(held):
                return None
            if self._in_quote and not held.lstrip(" \t").startswith(">"):
                if not held.strip(" \t") and not final:
                    return None
                self._fence, self._in_quote = "", False
            if fence := _FENCE.match(held):
                return self._pass_fence(fence)
        if self._fence:
            return self._plain(held, final)
        if self._line_start and (own := listed(held, self._material, final)):
            return self._drop(own)
        if space := _SPACE.match(held):
            return self._after_space(held, space[0], final)
        match held[0]:
            case "`":
                return self._code(held, final)
            case "[" | "\u3010" | "\uff3b":
                return self._bracket(held, "", final)
            case "!" | "\\" if len(held) == 1 and not final:
                return None
            case "!" if held[1:2] == "[":
                return self._link(held, 1, final)
            case "\\" if held[1:2] == "[":
                return self._bracket(held, "", final)
            case "\\" if held[1:2] in ("\\", "`"):
                return 2, held[:2]
            case "<":
                return self._angle(held, final)
        return self._plain(held, final)

    def _pass_fence(self, fence: re.Match[str]) -> Step:
        margin, ticks, rest = fence.groups()
        if not self._fence:
            self._fence, self._in_quote = ticks, ">" in margin
        elif ticks.startswith(self._fence) and not rest.strip() and not margin.strip(" \t>"):
            self._fence = ""
        return fence.end(), without_unknown_links(fence[0], self._material.links, code=True)

    def _drop(self, own: Listed) -> Step:
        """Of a list of sources that the model wrote itself only the numbers are remembered."""
        self._named += own.numbers
        return (own.taken, "") if own.taken else None

    def _plain(self, held: str, final: bool) -> Step:
        run = _RUN.match(held)
        if held[0] == "]" or not run:
            other = _OTHER.match(held)
            return (other.end(), other[0]) if other else (1, held[0])
        if run.end() == len(held) and not final and len(held) < _LONGEST_HOLD:
            return None
        if not self._fence and held[run.end() : run.end() + 1] == "[":
            name = _NAME.search(run[0])
            if name and name[0] in self._material.arrays and not self._open_tick:
                return self._array(held, name.start(), run.end(), final)
        return run.end(), self._without_links(run[0], code=bool(self._fence))

    def _array(self, held: str, start: int, end: int, final: bool) -> Step:
        """`argv[1]`, as the material has it in code, is set as code: it cites nothing."""
        index = _INDEX.match(held, end)
        if (index.end() == len(held) if index else "]" not in held[end:]) and not final:
            return None if _may_go_on(held, final) else (end, self._without_links(held[:end]))
        if index and held[index.end() :][:1] != "`":
            before = self._without_links(held[:start]) or " " * self._word.endswith("`")
            return index.end(), f"{before}`{held[start : index.end()]}`"
        return end, self._without_links(held[:end])

    def _after_space(self, held: str, space: str, final: bool) -> Step:
        following = held[len(space) : len(space) + 2]
        if (not following or following == "\\") and not final:
            return None
        if following[:1] in CLOSING or following == "\\[":
            return self._bracket(held, space, final)
        return len(space), space

    def _code(self, held: str, final: bool) -> Step:
        ticks = _TICKS.match(held)
        fence = ticks[0] if ticks else "`"
        line, _, _ = held[:_LONGEST_HOLD].partition("\n")
        closing = re.compile(rf"(?<!`){fence}(?!`)").search(line, len(fence))
        if closing and (closing.end() < len(held) or final):
            code = held[: closing.end()]
            return len(code), self._without_links(code, code=True)
        if "\n" not in held and _may_go_on(held, final):
            return None
        self._open_tick = True
        return len(fence), fence

    def _bracket(self, held: str, space: str, final: bool) -> Step:
        """A citation, with the space before it, which goes where the citation goes."""
        start = len(space)
        citation = CITATION.match(held, start)
        if citation and (held[start] != "[" or held[citation.end() :][:1] != "("):
            if citation.end() == len(held) and not final:
                return None
            inner = next(filter(None, citation.groups()))
            return citation.end(), self._cite(numbers(inner, len(self._material.hits)), space)
        if held[start] != "[":
            waits = CLOSING.get(held[start], "]") not in held and _may_go_on(held, final)
            return None if waits else (start + 1, held[: start + 1])
        return self._link(held, start, final)

    def _cite(self, numbers: list[int], space: str) -> str:
        shown: list[int] = []
        for number in numbers:
            self._marked = self._marked or number == 0
            if 1 <= number <= len(self._material.hits):
                source = self._material.hits[number - 1].passage.source
                self.numbers.setdefault(number - 1)
                if source not in self._cited:
                    self._cited.append(source)
                shown.append(self._cited.index(source) + 1)
        return space + "".join(f"[{n}]" for n in dict.fromkeys(shown)) if shown else ""

    def _link(self, held: str, start: int, final: bool) -> Step:
        """`[text](url)`, an image or neither, after `start` characters that are certain."""
        literal = start + 1, held[: start + 1]
        text_end = _closing(held, start, "[]")
        if text_end < 0 or (text_end == len(held) and not final):
            return None if _may_go_on(held, final) else literal
        if held[text_end : text_end + 1] != "(":
            return literal
        end = _closing(held, text_end, "()")
        if end < 0:
            return None if _may_go_on(held, final) else literal
        text = held[start + 1 : text_end - 1]
        target = held[text_end + 1 : end - 1].split(maxsplit=1)
        url = target[0].strip("<>") if target else ""
        image = held[:start] == "!"
        cites = CITATION.fullmatch(f"[{text}]")
        plain = not image and "[" not in text and not looks_like_link(text)
        known = plain and is_known(url, self._material.links)
        if known and self._without_links(text) == text:
            return end, f"{held[:start]}[{text}]({url})"
        # The text goes through here again: it may be a citation, or hold another link.
        text = f"[{text}]" if cites else text
        self._held = held[: 0 if image else start] + text + held[end:]
        return 0, ""

    def _angle(self, held: str, final: bool) -> Step:
        angle = _ANGLE.match(held)
        if not angle or not angle[3]:
            waits = angle and angle.end() == len(held) and _may_go_on(held, final)
            return None if waits else (1, "<")
        url, label = angle[1], angle[2]
        if not looks_like_link(url):
            return 1, "<"
        if is_known(url, self._material.links) and label is None:
            return angle.end(), url
        return angle.end(), self._without_links(label or "") or REMOVED

    def _without_links(self, text: str, *, code: bool = False) -> str:
        return without_unknown_links(text, self._material.links, code=code)


def _may_go_on(held: str, final: bool) -> bool:
    return not final and len(held) < _LONGEST_HOLD and "\n\n" not in held


def _closing(text: str, start: int, pair: str) -> int:
    """The position after the bracket that closes the one at `start`, or -1."""
    depth = 0
    if pair[1] not in text[start:_LONGEST_HOLD]:
        return -1
    for position in range(start, min(len(text), _LONGEST_HOLD)):
        if text[position] in pair:
            depth += 1 if text[position] == pair[0] else -1
            if depth == 0:
                return position + 1
        elif text.startswith("\n\n", position):
            return -1
    return -1
