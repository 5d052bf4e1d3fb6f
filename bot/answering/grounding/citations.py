"""Cleans what a model writes while it streams: citations become true, made-up links are reduced.

`[3]` becomes the number under which the third passage's source will be listed; numbers that name
no passage go, and `[0]`, by which a model says that the passages don't answer, is remembered.
`[text](url)` with an unknown URL becomes `text`. What may be the beginning of one of these is held
back until it is certain: to the next space, or 40 characters of which none could be an address's.
Code is left alone.
"""

import re

from bot.answering.grounding.citation_numbers import CITATION, CLOSING, CitationNumbers, expanded
from bot.answering.grounding.code_fences import CodeFence
from bot.answering.grounding.context import AnswerContext
from bot.answering.grounding.links import is_link, without_unknown
from bot.answering.grounding.output import Output
from bot.answering.grounding.source_list import SourceList, listed
from bot.answering.grounding.spans import (
    LONGEST_HOLD,
    Step,
    closing_bracket,
    end_of_run,
    may_go_on,
)
from bot.answering.hygiene import CONTROL_TOKEN, MAYBE_CONTROL_TOKEN, VisibleText, mended
from bot.markdown.html import MAYBE_TAG, TAG

_SPACE = re.compile(r"[ \t]+")
_TICKS = re.compile(r"`+")  # around code: "`", "``"
_INDEX = re.compile(r"\[\d{1,9}\]")  # the "[1]" of "argv[1]"
_NAME = re.compile(r"[A-Za-z_][\w.]*\Z")  # "sys.argv", before its index
_ANGLE = re.compile(r"<([^<>\s|]{0,900})(?:\|([^<>\n]{0,1000}))?(>?)")  # <https://x.example|label>
_CODE_IN_LABEL = re.compile(r"(?:[^`]|(?<!`)`[^`]+`(?!`))*")  # "the `deploy` command"


class CitedText:
    """Cleans a streamed answer: `feed` each piece, `finish` at the end, then read `numbers`."""

    def __init__(self, material: AnswerContext) -> None:
        self._material, self._numbers = material, CitationNumbers(material)
        self._visible, self._pending = VisibleText(), ""
        self._fence = CodeFence()
        self._output = Output(material.links)

    @property
    def numbers(self) -> list[int]:
        """Which hits of the material were cited, counted from 0, in the order of the text."""
        return self._numbers.cited_hits

    @property
    def abstained(self) -> bool:
        """Whether the model says that its material doesn't answer: `[0]` first, or nothing else."""
        return self._numbers.abstained

    def feed(self, piece: str) -> str:
        self._pending += self._visible.feed(piece)
        return self._drain(final=False)

    def finish(self) -> str:
        """The rest of the text; with citations, if only a list of sources at its end named any."""
        self._pending += self._visible.finish()
        clean = self._drain(final=True)
        if not (citations := self._numbers.cite_source_list()):
            return clean
        if self._fence.ticks:
            return f"{clean}{self._fence.closing}{citations}"
        return clean + ("" if self._output.is_line_start else " ") + citations

    def begin_again(self) -> None:
        """Decide anew, by what follows, whether the material answers: a tool may add to it."""
        if not self._numbers.has_begun:
            self._pending = ""  # the mark, or what it begins with
        self._numbers.begin_again()

    def _drain(self, final: bool) -> str:
        if not self._numbers.has_begun:
            text = self._numbers.begin(self._pending, final)
            if text is None:
                return ""
            self._pending = text
        clean = ""
        while self._pending:
            step = self._step(self._pending, final)
            if step is None:
                break
            self._pending = self._pending[step[0] :]
            clean += self._output.add(step[1], in_code=bool(self._fence.ticks))
        return clean

    def _step(self, pending: str, final: bool) -> Step:
        is_line_start = self._output.is_line_start
        in_code, step = self._fence.step(pending, is_line_start, final)
        if in_code:
            return step
        if is_line_start and (sources := listed(pending, self._material, final)):
            return self._drop(sources)
        if space := _SPACE.match(pending):
            return self._after_space(pending, space[0], final)
        match pending[0]:
            case "`":
                return self._code(pending, final)
            case "[" | "\u3010" | "\uff3b":
                return self._bracket(pending, "", final)
            case "!" | "\\" if len(pending) == 1 and not final:
                return None
            case "!" if pending[1:2] == "[":
                return self._link(pending, 1, final)
            case "\\" if pending[1:2] == "[":
                return self._bracket(pending, "", final)
            case "\\" if pending[1:2] in ("\\", "`"):
                return 2, pending[:2]
            case "<":
                return self._angle(pending, final)
        return self._plain(pending, final)

    def _drop(self, sources: SourceList) -> Step:
        """Remove a list of sources that the model wrote, and remember its numbers."""
        self._numbers.note_source_list(sources.numbers)
        return (sources.length, "") if sources.length else None

    def _plain(self, pending: str, final: bool) -> Step:
        end = end_of_run(pending, self._material.links, final)
        if end == 0:
            return None
        if pending[end : end + 1] == "[":
            name = _NAME.search(pending[:end])
            if name and name[0] in self._material.arrays and not self._output.has_open_tick:
                return self._array(pending, name.start(), end, final)
        text = self._without_links(pending[:end])
        if text[:1] == "`" and self._output.word.endswith("`"):
            text = f" {text}"
        if text[-1:] == "`" and pending[end : end + 1] == "`":
            text += " "
        return end, text

    def _array(self, pending: str, start: int, end: int, final: bool) -> Step:
        """Set `argv[1]` as code where the material has it in code: it is no citation."""
        index = _INDEX.match(pending, end)
        if (index.end() == len(pending) if index else "]" not in pending[end:]) and not final:
            return None if may_go_on(pending, final) else (end, self._without_links(pending[:end]))
        if index and pending[index.end() :][:1] != "`":
            before = self._without_links(pending[:start]) or " " * self._output.word.endswith("`")
            return index.end(), f"{before}`{pending[start : index.end()]}`"
        return end, self._without_links(pending[:end])

    def _after_space(self, pending: str, space: str, final: bool) -> Step:
        following = pending[len(space) : len(space) + 2]
        if (not following or following == "\\") and not final:
            return None
        if following[:1] in CLOSING or following == "\\[":
            return self._bracket(pending, space, final)
        return len(space), space

    def _code(self, pending: str, final: bool) -> Step:
        ticks = _TICKS.match(pending)
        fence = ticks[0] if ticks else "`"
        line, _, _ = pending[:LONGEST_HOLD].partition("\n")
        closing = re.compile(rf"(?<!`){fence}(?!`)").search(line, len(fence))
        if closing and (closing.end() < len(pending) or final):
            code = pending[: closing.end()]
            # Behind an open tick, Slack may take for code what stands before this.
            return len(code), self._without_links(code) if self._output.has_open_tick else mended(
                code
            )
        if "\n" not in pending and may_go_on(pending, final):
            return None
        self._output.has_open_tick = True
        return len(fence), fence

    def _bracket(self, pending: str, space: str, final: bool) -> Step:
        """A citation with the space before it, which is removed with an invalid citation."""
        start = len(space)
        if token := CONTROL_TOKEN.match(pending, start):
            return token.end(), space or self._output.gap(pending, token.end())
        citation = CITATION.match(pending, start)
        if citation and (pending[start] != "[" or pending[citation.end() :][:1] != "("):
            if citation.end() == len(pending) and not final:
                return None
            inner = next(filter(None, citation.groups()))
            return citation.end(), self._numbers.cite(
                expanded(inner, len(self._material.hits)), space
            )
        if pending[start] != "[":
            waits = CLOSING.get(pending[start], "]") not in pending and may_go_on(pending, final)
            return None if waits else (start + 1, pending[: start + 1])
        return self._link(pending, start, final)

    def _link(self, pending: str, start: int, final: bool) -> Step:
        """A link `[text](url)` or an image, if one begins after `start` characters."""
        literal = start + 1, pending[: start + 1]
        text_end = closing_bracket(pending, start, "[]")
        if text_end < 0 or (text_end == len(pending) and not final):
            return None if may_go_on(pending, final) else literal
        if pending[text_end : text_end + 1] != "(":
            return literal
        end = closing_bracket(pending, text_end, "()")
        if end < 0:
            return None if may_go_on(pending, final) else literal
        text = pending[start + 1 : text_end - 1]
        target = pending[text_end + 1 : end - 1].split(maxsplit=1)
        url = target[0].strip("<>") if target else ""
        image = pending[:start] == "!"
        cites = CITATION.fullmatch(f"[{text}]")
        plain = (
            not image and "[" not in text and not is_link(text) and not self._output.has_open_tick
        )
        if plain and self._material.links.includes(url) and _CODE_IN_LABEL.fullmatch(text):
            label = text if "`" in text else self._without_links(text)
            return end, f"{pending[:start]}[{label}]({url})"
        # The text goes through here again: it may be a citation, or hold another link.
        text = f"[{text}]" if cites else text
        self._pending = pending[: 0 if image else start] + text + pending[end:]
        return 0, ""

    def _angle(self, pending: str, final: bool) -> Step:
        """What begins with "<": a control token, a comment, an address, a tag or the sign."""
        token = CONTROL_TOKEN.match(pending)
        if token and token[0] not in ("<s>", "</s>"):
            if token.end() == len(pending) and not final:
                return None
            return token.end(), self._output.gap(pending, token.end())
        line, newline, _ = pending.partition("\n")
        waits = not newline and may_go_on(pending, final)
        if waits and (MAYBE_CONTROL_TOKEN.fullmatch(pending) or MAYBE_TAG.fullmatch(pending)):
            return None
        if line.startswith("<!--") and ("-->" in line or waits):
            return None if "-->" not in line else (line.find("-->") + 3, "")
        angle = _ANGLE.match(pending)
        if angle and angle[3] and is_link(angle[1], names=True):
            url, label = angle[1], angle[2]
            is_allowed = self._material.links.includes(url) and label is None
            return angle.end(), url if is_allowed else self._without_links(label or url)
        if tag := TAG.match(line):
            name = f"<{tag[1]}{tag[2]}"
            attributes = tag[0][len(name) : -1]
            attributes = "" if "`" in attributes else self._without_links(attributes)
            return tag.end(), f"{name}{attributes}>"
        waits = waits and angle is not None and angle.end() == len(pending)
        return None if waits else (1, "<")

    def _without_links(self, text: str) -> str:
        return without_unknown(text, self._material.links, code=not self._output.has_open_tick)
