"""Turns a model's Markdown, while it streams, into the Markdown that Slack shows best.

Lines of prose flow by words. A line whose kind is not certain yet is held back, and so are a
heading, a row of a table and a definition, until they are whole. See docs/decisions/0012.
"""

import re

from bot.markdown import blocks
from bot.markdown.code_block import CodeBlock
from bot.markdown.escape import gap, harmless
from bot.markdown.inline import Inline, Step
from bot.markdown.lists import Lists
from bot.markdown.references import References
from bot.markdown.tables import COLUMNS, LONGEST_LINE, MarkdownTable

_LONGEST_HEADING = 150
"""Slack takes 150 characters in a header block; a longer heading becomes bold text."""

_LONGEST_FORMULA = 2_000
"""Characters in which a formula has to end, so that no more than these are held back."""

_SENTENCE_END = re.compile(r"[.:;!?…。]$")  # "Deploying is easy:"
_BOLD_MARK = re.compile(r"\*\*|__")
_BOLD_MARK_WITHIN = re.compile(r"(?<=\S)(?:\*\*|__)(?=(.))")  # the second of "**Note**s"
_REMOVED = "(link removed)"
"""What bot/answering/grounding leaves of an address that nobody has documented."""


class SlackMarkdown:
    """A text while it streams: `feed` each piece, `finish` at the end.

    It decides what a line is at its beginning; then the line flows, or belongs to an open block.
    """

    def __init__(self) -> None:
        self._references = References()
        self._lists = Lists()
        self._inline = Inline(self._references)
        self._open_block: CodeBlock | MarkdownTable | None = None
        self._note = ""
        """The name of the note that indented lines go on with."""
        self._waiting = ""
        """The input that is not translated yet."""
        self._flowing = False
        """Whether the beginning of the current line is shown already."""
        self._before = ""
        """The character before `_waiting`."""
        self._line = self._last_line = ""
        """The output's current line, and the one before it."""

    def feed(self, piece: str) -> str:
        """What may be shown now. How the text is cut into pieces changes nothing in the whole."""
        self._waiting += piece.replace("\r", "")
        return self._drain(final=False)

    def finish(self) -> str:
        """The rest, with the notes."""
        clean = self._drain(final=True)
        if self._open_block:
            clean += self._open_block.end()
        rest = self._references.rest()
        return clean + ("\n\n" + "\n".join(rest) if rest else "")

    def _drain(self, final: bool) -> str:
        clean = ""
        while self._waiting:
            step = self._step(final)
            if step is None:
                break
            size, text = step
            self._before = self._waiting[:size][-1:] or self._before
            self._waiting = self._waiting[size:]
            self._remember(text)
            clean += text
        return clean

    def _remember(self, text: str) -> None:
        """Keep the line that is being written, and the one before it."""
        *whole_lines, self._line = (self._line + text).split("\n")
        self._last_line = whole_lines[-1] if whole_lines else self._last_line

    def _step(self, final: bool) -> Step:
        line, newline, _ = self._waiting.partition("\n")
        is_complete = bool(newline) or final
        if self._flowing:
            return self._flow(line, is_complete)
        if self._open_block:
            step = self._open_block.step(line, is_complete)
            if self._open_block.is_over:
                self._open_block = None
            return step
        if is_complete and not line.strip():
            self._note = ""
            return len(line) + len(newline), newline
        return self._start_line(line, is_complete, final)

    def _flow(self, line: str, is_complete: bool) -> Step:
        if not line:
            self._flowing = False
            return 1, "\n"
        return self._inline.step(line, is_complete, self._before)

    def _start_flowing(self, prefix: str, replacement: str | None = None) -> Step:
        self._flowing, self._before = True, ""
        self._inline = Inline(self._references, "\n" + re.sub(r"[^>\s]", " ", prefix))
        return len(prefix), prefix if replacement is None else replacement

    def _start_line(self, line: str, is_complete: bool, final: bool) -> Step:
        quote = blocks.quote_signs(line)
        body = line[len(quote) :]
        if len(line) > LONGEST_LINE:
            return self._item_or_text(quote, body)
        if not is_complete and blocks.UNDECIDED.fullmatch(body):
            return None
        if self._note and not quote:
            return self._more_of_note(line, is_complete)
        if is_complete and (step := self._whole_line(line, quote, body)):
            return step
        if body.lstrip().startswith("|"):
            return self._perhaps_table(line, quote, final)
        if body.lstrip().startswith(("$$", "\\[")) and not quote:
            return self._perhaps_formula(final)
        return self._item_or_text(quote, body)

    def _whole_line(self, line: str, quote: str, body: str) -> tuple[int, str] | None:
        """A fence, a heading, a divider, an underline or a definition; None: none of these."""
        if fence := blocks.written_fence(body):
            self._inline = Inline(self._references)
            self._open_block = CodeBlock(fence, quote, self._lists)
            return len(line) + 1, self._open_block.start()
        if heading := blocks.TABBED_HEADING.fullmatch(body):
            return len(line) + 1, self._heading(quote, heading[1], heading[2] or "")
        if quote:
            return None
        if blocks.is_division(line) and (step := self._division(line)):
            return step
        if self._is_underline(line):
            return len(line) + 1, line.strip() + "\n"
        if blocks.RULE.fullmatch(line):
            self._lists.end()
            return len(line) + 1, ("\n" if self._last_line.strip() else "") + "---\n"
        return self._definition(line)

    def _heading(self, quote: str, signs: str, title: str) -> str:
        self._lists.end()
        unmarked = _BOLD_MARK_WITHIN.sub(lambda mark: gap(mark[1]), title)
        text = self._inline.whole(_BOLD_MARK.sub("", unmarked))
        if not text:
            return "\n"
        if quote or len(text) > _LONGEST_HEADING:
            return f"{quote}**{text}**\n"
        return f"{signs} {text}\n"

    def _division(self, line: str) -> tuple[int, str] | None:
        """What divides a table whose header, without bars at its ends, is shown already."""
        header = blocks.cells(self._last_line)
        if "|" not in self._last_line or not (len(header) == len(blocks.cells(line)) <= COLUMNS):
            return None
        self._open_block = MarkdownTable(header, line, self._cell)
        return len(line) + 1, self._open_block.start().partition("\n")[2]

    def _is_underline(self, line: str) -> bool:
        """Below a title. A model writes a divider below a sentence, without an empty line."""
        is_long = len(line.strip()) > 1 and blocks.UNDERLINE.fullmatch(line)
        title = self._last_line.rstrip()
        return bool(
            is_long and title and not self._lists.inside and not _SENTENCE_END.search(title)
        )

    def _definition(self, line: str) -> tuple[int, str] | None:
        definition = blocks.DEFINITION.fullmatch(line)
        if not definition:
            return None
        is_note, name, text = definition.groups()
        if is_note:
            self._note = name
            self._references.define_note(name, self._cell(text))
            return len(line) + 1, ""
        is_target = self._references.define_url(name, text) or text == _REMOVED
        return (len(line) + 1, "") if is_target else None

    def _more_of_note(self, line: str, is_complete: bool) -> Step:
        if line.startswith(("  ", "\t")):
            if not is_complete:
                return None
            self._references.define_note(self._note, self._cell(line.strip()))
            return len(line) + 1, ""
        self._note = ""
        return 0, ""

    def _perhaps_formula(self, final: bool) -> Step:
        text = self._waiting[:_LONGEST_FORMULA]
        formula = blocks.FORMULA.match(text)
        if formula and "`" not in formula[1] and "\n\n" not in formula[1]:
            if formula.end() < len(self._waiting) or final or formula[0].endswith("\n"):
                return formula.end(), f"```\n{harmless(formula[1])}\n```\n"
            return None
        waits = not final and len(self._waiting) < _LONGEST_FORMULA and "\n\n" not in text
        return None if waits else self._start_flowing("")

    def _perhaps_table(self, line: str, quote: str, final: bool) -> Step:
        """A line that begins with a bar: whether it heads a table depends on the next line."""
        rest = self._waiting.partition("\n")[2]
        following, complete, _ = rest.partition("\n")
        if not (complete or final):
            return None
        header = blocks.cells(line[len(quote) :])
        below = following[len(blocks.quote_signs(following)) :]
        divided = blocks.is_division(below)
        if not divided and not (
            below.lstrip().startswith("|") and len(header) == len(blocks.cells(below)) > 1
        ):
            return self._start_flowing(quote)
        translated = [self._cell(cell) for cell in header]
        self._open_block = MarkdownTable(translated, below if divided else "", self._cell)
        size = len(line) + 1 + (len(following) + 1 if divided else 0)
        return size, ("\n" if self._last_line.strip() else "") + self._open_block.start()

    def _cell(self, text: str) -> str:
        return Inline(self._references, " ").whole(text)

    def _item_or_text(self, quote: str, body: str) -> Step:
        prefix, replacement = self._lists.margin(body) if not quote else ("", "")
        return self._start_flowing(quote + prefix, quote + replacement)
