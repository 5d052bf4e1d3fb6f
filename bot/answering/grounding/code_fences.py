"""Leaves the code blocks of an answer as a model wrote them.

Nothing in a code block is a citation or can be followed, and no list of sources stands there.
"""

import re

from bot.answering.grounding.links import is_link
from bot.answering.grounding.spans import Step
from bot.answering.hygiene import CONTROL_TOKEN, MAYBE_CONTROL_TOKEN
from bot.markdown.blocks import MAYBE_FENCE, Fence, opening_fence

_PLAIN_CODE = re.compile(r"[^\n<\[]+|.", re.DOTALL)  # up to what may be a control token: <|, [IN


class CodeFence:
    """The code block that a text is in, if any; `ticks` are the fence that opened it, else ""."""

    def __init__(self) -> None:
        self.ticks = ""
        self._in_quote = False

    @property
    def closing(self) -> str:
        """The text that closes the open block, with the line breaks around it."""
        return "\n\n" if self._in_quote else f"\n{self.ticks}\n"

    def step(self, pending: str, is_line_start: bool, final: bool) -> tuple[bool, Step]:
        """Whether the text is, or may become, a fence or code; and if so, its next step."""
        if is_line_start:
            if not final and "\n" not in pending and MAYBE_FENCE.match(pending):
                return True, None
            if self._in_quote and not pending.lstrip(" \t").startswith(">"):
                if not pending.strip(" \t") and not final:
                    return True, None
                self.ticks, self._in_quote = "", False
            line, newline, _ = pending.partition("\n")
            if fence := opening_fence(line):
                return True, self._pass(fence, line + newline)
        return (True, _code(pending, final)) if self.ticks else (False, None)

    def _pass(self, fence: Fence, line: str) -> Step:
        if not self.ticks:
            self.ticks, self._in_quote = fence.ticks, ">" in fence.margin
            if is_link(fence.info):
                return len(line), f"{fence.margin}{fence.marker}{fence.ticks}\n"
        elif fence.ticks.startswith(self.ticks) and not (fence.info.strip() or fence.marker):
            self.ticks = ""
        return len(line), line


def _code(pending: str, final: bool) -> Step:
    """Code as it is; only control tokens that were broken for the model are made whole again."""
    if pending[0] in "<[" and not final:
        joined = pending[0] + pending[2:]
        if len(pending) == 1 or (pending[1] == " " and MAYBE_CONTROL_TOKEN.fullmatch(joined)):
            return None
    if pending[1:2] == " " and (token := CONTROL_TOKEN.match(pending[0] + pending[2:])):
        return token.end() + 1, token[0]
    code = _PLAIN_CODE.match(pending)
    return (code.end(), code[0]) if code else (1, pending[0])
