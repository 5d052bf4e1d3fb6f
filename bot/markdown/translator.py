"""Turns a model's Markdown, while it streams, into the Markdown that Slack shows best.

Lines of prose flow by words. A line whose kind is not certain yet is held back, and so are a
heading, a row of a table and a definition, until they are whole. See docs/decisions/0012.
"""

import re

from bot.markdown import blocks, tables
from bot.markdown.escape import gap, harmless
from bot.markdown.inline import Inline, Step
from bot.markdown.lists import Lists
from bot.markdown.references import References

_LONGEST_HEADING = 150
_LONGEST_LINE = 6_000
_LONGEST_FORMULA = 2_000


class SlackMarkdown:
    """One text on its way: `feed` each piece, `finish` at the end."""

    def __init__(self) -> None:
        self._references = References()
        self._lists = Lists()
        self._inline = Inline(self._references)
        self._held = ""
        self._flowing = False
        self._before = ""
        self._line = ""
        self._last_line = ""
        self._fence = ""
        self._in_code = False
        self._table: tables.MarkdownTable | None = None
        self._note = ""

    def feed(self, piece: str) -> str:
        """What may be shown now. How the text is cut into pieces changes nothing in the whole."""
        self._held += piece.replace("\r", "")
        return self._drain(final=False)

    def finish(self) -> str:
        """The rest, with the notes."""
        clean = self._drain(final=True) + self._end_table()
        if self._fence:
            clean += ("" if not self._line else "\n") + self._fence
        rest = self._references.rest()
        return clean + ("\n\n" + "\n".join(rest) if rest else "")

    def _drain(self, final: bool) -> str:
        clean = ""
        while self._held:
            step = self._step(final)
            if step is None:
                break
            taken, text = step
            self._before = self._held[:taken][-1:] or self._before
            self._held = self._held[taken:]
            self._remember(text)
            clean += text
        return clean

    def _remember(self, text: str) -> None:
        """Keep the line that is being written, and the one before it."""
        *ended, self._line = (self._line + text).split("\n")
        self._last_line = ended[-1] if ended else self._last_line

    def _step(self, final: bool) -> Step:
        line, newline, _ = self._held.partition("\n")
        ended = bool(newline) or final
        if self._flowing:
            return self._flow(line, ended)
        if self._fence:
            return self._code_line(line, ended)
        if self._table:
            return self._row(line, ended)
        if ended and not line.strip():
            self._note = ""
            return len(line) + len(newline), newline
        return self._start_line(line, ended, final)

    def _flow(self, line: str, ended: bool) -> Step:
        if not line:
            self._flowing = self._in_code = False
            return 1, "\n"
        if self._in_code:
            return len(line), harmless(line)
        return self._inline.step(line, ended, self._before)

    def _start_flowing(self, prefix: str, shown: str | None = None) -> Step:
        self._flowing, self._before = True, ""
        self._inline = Inline(self._references, "\n" + re.sub(r"[^>\s]", " ", prefix))
        return len(prefix), prefix if shown is None else shown

    def _start_line(self, line: str, ended: bool, final: bool) -> Step:
        quote = blocks.quote(line)
        body = line[len(quote) :]
        if len(line) > _LONGEST_LINE:
            return self._item_or_text(quote, body)
        if not ended and blocks.UNDECIDED.fullmatch(body):
            return None
        if self._note and not quote:
            return self._more_of_note(line, ended)
        if ended:
            if fence := blocks.FENCE.fullmatch(body):
                return self._open_fence(line, quote, fence)
            if heading := blocks.HEADING.fullmatch(body):
                return self._heading(line, quote, heading)
            if not quote and (step := self._special(line)):
                return step
        if body.lstrip().startswith("|"):
            return self._perhaps_table(line, quote, final)
        if body.lstrip().startswith(("$$", "\\[")) and not quote:
            return self._perhaps_formula(final)
        return self._item_or_text(quote, body)

    def _special(self, line: str) -> tuple[int, str] | None:
        """A divider, an underline, a definition, or the division of a table without bars."""
        taken = len(line) + 1
        if tables.is_division(line) and "|" in self._last_line:
            header = tables.cells(self._last_line)
            if len(header) == len(tables.cells(line)) <= tables.COLUMNS:
                self._table = tables.MarkdownTable(header, line)
                return taken, self._table.start().partition("\n")[2]
        after_text = bool(self._last_line.strip()) and not self._lists.inside
        if (
            blocks.UNDERLINE.fullmatch(line)
            and after_text
            and not re.search(r"[.:;!?…。]$", self._last_line.rstrip())
        ):
            return taken, line.strip() + "\n"
        if blocks.RULE.fullmatch(line):
            self._lists.end()
            return taken, ("\n" if self._last_line.strip() else "") + "---\n"
        return self._definition(line)

    def _definition(self, line: str) -> tuple[int, str] | None:
        found = blocks.DEFINITION.fullmatch(line)
        if not found:
            return None
        is_note, name, text = found[1], found[2], found[3]
        if is_note:
            self._note = name
            self._references.define_note(name, self._cell(text))
            return len(line) + 1, ""
        known = self._references.define_url(name, text) or text == "(link removed)"
        return (len(line) + 1, "") if known else None

    def _more_of_note(self, line: str, ended: bool) -> Step:
        if line.startswith(("  ", "\t")):
            if not ended:
                return None
            self._references.define_note(self._note, self._cell(line.strip()))
            return len(line) + 1, ""
        self._note = ""
        return 0, ""

    def _open_fence(self, line: str, quote: str, fence: re.Match[str]) -> Step:
        """Where it is indented by more than its list asks for, Slack would see no code block."""
        margin = "" if quote and not fence[1].strip() else fence[1]
        if not quote:
            margin = self._lists.fence_margin(fence[1])
        self._fence = quote + re.sub(r"\S", " ", margin) + fence[2]
        return len(line) + 1, f"{quote}{margin}{fence[2]}{harmless(fence[3][:40])}\n"

    def _code_line(self, line: str, ended: bool) -> Step:
        if ">" in self._fence and (line.strip() or ended) and not line.lstrip().startswith(">"):
            self._fence = ""
            return 0, ""
        ticks = self._fence.lstrip(" \t>")
        bare = line.lstrip(" \t>")
        if not ended and not bare.strip("`~ "):
            return None
        if ended and bare.startswith(ticks) and not bare.rstrip().strip(ticks[0]):
            indent, self._fence = self._fence[: -len(ticks)], ""
            return len(line) + 1, f"{indent}{bare.rstrip()}\n"
        self._in_code = True
        # A line that is indented less than the fence would end its list, and so the code.
        lacking = len(self._fence) - len(ticks) - (len(line) - len(line.lstrip(" ")))
        step = self._start_flowing("")
        return (step[0], " " * lacking) if step and lacking > 0 and ">" not in self._fence else step

    def _heading(self, line: str, quote: str, heading: re.Match[str]) -> Step:
        self._lists.end()
        within = re.sub(r"(?<=\S)(?:\*\*|__)(?=(.))", lambda m: gap(m[1]), heading[2] or "")
        text = self._inline.whole(re.sub(r"\*\*|__", "", within))
        shown = f"{heading[1]} {text}" if text else ""
        if text and (quote or len(text) > _LONGEST_HEADING):
            shown = f"{quote}**{text}**"
        return len(line) + 1, shown + "\n"

    def _perhaps_formula(self, final: bool) -> Step:
        held = self._held[:_LONGEST_FORMULA]
        found = blocks.FORMULA.match(held)
        if found and "`" not in found[1] and "\n\n" not in found[1]:
            if found.end() < len(self._held) or final or found[0].endswith("\n"):
                return found.end(), f"```\n{harmless(found[1])}\n```\n"
            return None
        waits = not final and len(self._held) < _LONGEST_FORMULA and "\n\n" not in held
        return None if waits else self._start_flowing("")

    def _perhaps_table(self, line: str, quote: str, final: bool) -> Step:
        """A line that begins with a bar: the next one tells whether it heads a table."""
        rest = self._held.partition("\n")[2]
        following, complete, _ = rest.partition("\n")
        if not (complete or final):
            return None
        header = tables.cells(line[len(quote) :])
        below = following[len(blocks.quote(following)) :]
        divided = tables.is_division(below)
        if not divided and not (
            below.lstrip().startswith("|") and len(header) == len(tables.cells(below)) > 1
        ):
            return self._start_flowing(quote)
        self._table = tables.MarkdownTable(
            [self._cell(cell) for cell in header], below if divided else ""
        )
        taken = len(line) + 1 + (len(following) + 1 if divided else 0)
        return taken, ("\n" if self._last_line.strip() else "") + self._table.start()

    def _row(self, line: str, ended: bool) -> Step:
        if not ended and len(line) <= _LONGEST_LINE:
            return None
        body = line[len(blocks.quote(line)) :]
        if (
            len(line) <= _LONGEST_LINE
            and "|" in body
            and not blocks.FENCE.fullmatch(body)
            and not blocks.HEADING.fullmatch(body)
        ):
            assert self._table
            return len(line) + 1, self._table.add([self._cell(c) for c in tables.cells(body)])
        return 0, self._end_table() + ("\n" if line.strip() else "")

    def _end_table(self) -> str:
        table, self._table = self._table, None
        return table.end() if table else ""

    def _cell(self, text: str) -> str:
        return Inline(self._references, " ").whole(text)

    def _item_or_text(self, quote: str, body: str) -> Step:
        prefix, shown = self._lists.margin(body) if not quote else ("", "")
        return self._start_flowing(quote + prefix, quote + shown)
