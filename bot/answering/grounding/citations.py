"""Cleans what a model writes while it streams: citations become true, made-up links are reduced.

`[3]` becomes the number under which the third passage's source will be listed; numbers that name
no passage go, and `[0]`, by which a model says that the passages don't answer, is remembered.
`[text](url)` with an unknown URL becomes `text`. What may be the beginning of one of these is held
back until it is certain: to the next space, or 40 characters of which none could be an address's.
Code is left alone.
"""

import re

from bot.answering.events import Source
from bot.answering.grounding.citation_numbers import (
    CITATION,
    CLOSING,
    MAYBE_NOT_FOUND,
    NOT_FOUND,
    numbers,
)
from bot.answering.grounding.context import AnswerContext
from bot.answering.grounding.links import is_link, meet, without_unknown
from bot.answering.grounding.source_list import SourceList, listed
from bot.answering.grounding.spans import (
    LONGEST_HOLD,
    Step,
    closing_bracket,
    end_of_run,
    fenced,
    may_go_on,
)
from bot.answering.hygiene import CONTROL_TOKEN, MAYBE_CONTROL_TOKEN, VisibleText, mended
from bot.markdown.html import MAYBE_TAG, TAG

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
_CODE_IN_LABEL = re.compile(r"(?:[^`]|(?<!`)`[^`]+`(?!`))*")
_LONGEST_WORD = 200


class CitedText:
    """One answer's text on its way: `feed` each piece, `finish` at the end, then read `numbers`."""

    def __init__(self, material: AnswerContext) -> None:
        self.numbers: dict[int, None] = {}
        """Which hits of the material were cited, counted from 0, in the order of the text."""
        self._cited: list[Source] = []
        self._material = material
        self._visible, self._held = VisibleText(), ""
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
        self._held += self._visible.feed(piece)
        return self._drain(final=False)

    def finish(self) -> str:
        """The rest; where only a list at the end named sources, their numbers."""
        self._held += self._visible.finish()
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
        self._open_tick = self._open_tick and not (self._line_start and text[0] == "\n")
        self._line_start = text.endswith("\n")
        return text

    def _joins(self, text: str) -> bool:
        if self._fence or not self._word or text[0].isspace():
            return False
        first = "x" if text[0] in "<`" else text[:_LONGEST_WORD].split(maxsplit=1)[0]
        if self._word[-1] + text[0] in ("``", "\\`", "]("):
            return True  # other code, or a link
        return meet(TAG.sub("", self._word), first, self._material.links)

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
            return fenced(held, final)
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
            if is_link(rest):
                return fence.end(), f"{margin}{ticks}\n"
        elif ticks.startswith(self._fence) and not rest.strip() and not margin.strip(" \t>"):
            self._fence = ""
        return fence.end(), fence[0]

    def _drop(self, own: SourceList) -> Step:
        """Of a list of sources that the model wrote itself only the numbers are remembered."""
        self._named += own.numbers
        return (own.taken, "") if own.taken else None

    def _plain(self, held: str, final: bool) -> Step:
        end = end_of_run(held, self._material.links, final)
        if end == 0:
            return None
        if held[end : end + 1] == "[":
            name = _NAME.search(held[:end])
            if name and name[0] in self._material.arrays and not self._open_tick:
                return self._array(held, name.start(), end, final)
        shown = self._without_links(held[:end])
        if shown[:1] == "`" and self._word.endswith("`"):
            shown = f" {shown}"
        if shown[-1:] == "`" and held[end : end + 1] == "`":
            shown += " "
        return end, shown

    def _array(self, held: str, start: int, end: int, final: bool) -> Step:
        """`argv[1]`, as the material has it in code, is set as code: it cites nothing."""
        index = _INDEX.match(held, end)
        if (index.end() == len(held) if index else "]" not in held[end:]) and not final:
            return None if may_go_on(held, final) else (end, self._without_links(held[:end]))
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
        line, _, _ = held[:LONGEST_HOLD].partition("\n")
        closing = re.compile(rf"(?<!`){fence}(?!`)").search(line, len(fence))
        if closing and (closing.end() < len(held) or final):
            code = held[: closing.end()]
            # Behind an open tick, Slack may take for code what stands before this.
            return len(code), self._without_links(code) if self._open_tick else mended(code)
        if "\n" not in held and may_go_on(held, final):
            return None
        self._open_tick = True
        return len(fence), fence

    def _bracket(self, held: str, space: str, final: bool) -> Step:
        """A citation, with the space before it, which goes where the citation goes."""
        start = len(space)
        if token := CONTROL_TOKEN.match(held, start):
            return token.end(), space or self._gap(held, token.end())
        citation = CITATION.match(held, start)
        if citation and (held[start] != "[" or held[citation.end() :][:1] != "("):
            if citation.end() == len(held) and not final:
                return None
            inner = next(filter(None, citation.groups()))
            return citation.end(), self._cite(numbers(inner, len(self._material.hits)), space)
        if held[start] != "[":
            waits = CLOSING.get(held[start], "]") not in held and may_go_on(held, final)
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
        text_end = closing_bracket(held, start, "[]")
        if text_end < 0 or (text_end == len(held) and not final):
            return None if may_go_on(held, final) else literal
        if held[text_end : text_end + 1] != "(":
            return literal
        end = closing_bracket(held, text_end, "()")
        if end < 0:
            return None if may_go_on(held, final) else literal
        text = held[start + 1 : text_end - 1]
        target = held[text_end + 1 : end - 1].split(maxsplit=1)
        url = target[0].strip("<>") if target else ""
        image = held[:start] == "!"
        cites = CITATION.fullmatch(f"[{text}]")
        plain = not image and "[" not in text and not is_link(text) and not self._open_tick
        if plain and self._material.links.includes(url) and _CODE_IN_LABEL.fullmatch(text):
            label = text if "`" in text else self._without_links(text)
            return end, f"{held[:start]}[{label}]({url})"
        # The text goes through here again: it may be a citation, or hold another link.
        text = f"[{text}]" if cites else text
        self._held = held[: 0 if image else start] + text + held[end:]
        return 0, ""

    def _angle(self, held: str, final: bool) -> Step:
        """A control token, a comment, an address or a tag; or else the sign itself."""
        token = CONTROL_TOKEN.match(held)
        if token and token[0] not in ("<s>", "</s>"):
            if token.end() == len(held) and not final:
                return None
            return token.end(), self._gap(held, token.end())
        line, newline, _ = held.partition("\n")
        waits = not newline and may_go_on(held, final)
        if waits and (MAYBE_CONTROL_TOKEN.fullmatch(held) or MAYBE_TAG.fullmatch(held)):
            return None
        if line.startswith("<!--") and ("-->" in line or waits):
            return None if "-->" not in line else (line.find("-->") + 3, "")
        angle = _ANGLE.match(held)
        if angle and angle[3] and is_link(angle[1], names=True):
            url, label = angle[1], angle[2]
            known = self._material.links.includes(url) and label is None
            return angle.end(), url if known else self._without_links(label or url)
        if tag := TAG.match(line):
            name = f"<{tag[1]}{tag[2]}"
            attributes = tag[0][len(name) : -1]
            attributes = "" if "`" in attributes else self._without_links(attributes)
            return tag.end(), f"{name}{attributes}>"
        waits = waits and angle is not None and angle.end() == len(held)
        return None if waits else (1, "<")

    def _gap(self, held: str, position: int) -> str:
        """The space that keeps apart what stands before and behind something that goes."""
        following = held[position : position + 1]
        return " " if self._word and following and not following.isspace() else ""

    def _without_links(self, text: str) -> str:
        return without_unknown(text, self._material.links, code=not self._open_tick)
