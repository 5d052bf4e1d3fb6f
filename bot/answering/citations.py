"""Cleans what a model writes while it streams: citations become true, made-up links are reduced.

`[3]` becomes the number under which the third passage's source will be listed; numbers that name
no passage go. `[text](url)` with an unknown URL becomes `text`. What may be the beginning of one
of these is held back until it is certain. Code is left alone, except for links.
"""

import re
from collections.abc import Sequence

from bot.answering.events import Source
from bot.answering.links import REMOVED, is_known, looks_like_link, without_unknown_links

_FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`\n]*(?:\n|\Z))|~{3,})([^\n]*)\n?")
_MAYBE_FENCE = re.compile(r"[ \t]*(?:`{0,2}|~{0,2}|(?:`{3,}|~{3,})[^\n]*)\Z")
_SPACE = re.compile(r"[ \t]+")
_TICKS = re.compile(r"`+")
_CITATION = re.compile(
    r"\[ ?(\d{1,4}(?: ?[,;] ?\d{1,4})*) ?\]|\u3010(\d{1,4})[^\u3011\n]{0,40}\u3011"
)
_ANGLE = re.compile(r"<([^<>\s|]{0,900})(?:\|([^<>\n]{0,1000}))?(>?)")
_RUN = re.compile(r"[!-~]+?(?=[<>`\[\]!\s]|[^!-~]|\Z)")
_OTHER = re.compile(r"[^\x00-\x7f\u3010]+|.", re.DOTALL)
_LONGEST_HOLD = 2_000

Step = tuple[int, str] | None
"""How many characters are done with and what they become; None: wait for more."""


class CitedText:
    """One answer's text on its way: `feed` each piece, `finish` at the end, then read `cited`."""

    def __init__(self, passages: Sequence[Source], known_links: frozenset[str]) -> None:
        self.cited: list[Source] = []
        self.numbers: dict[int, None] = {}
        """Which passages were cited, counted from 0, in the order in which they were."""
        self._passages, self._known = passages, known_links
        self._held = ""
        self._fence = ""
        self._line_start = True

    def feed(self, piece: str) -> str:
        self._held += piece
        return self._drain(final=False)

    def finish(self) -> str:
        return self._drain(final=True)

    def _drain(self, final: bool) -> str:
        clean = ""
        while self._held:
            step = self._step(self._held, final)
            if step is None:
                break
            taken, text = step
            self._line_start = self._held[taken - 1] == "\n" if taken else self._line_start
            self._held = self._held[taken:]
            clean += text
        return clean

    def _step(self, held: str, final: bool) -> Step:
        if self._line_start:
            if not final and "\n" not in held and _MAYBE_FENCE.match(held):
                return None
            if fence := _FENCE.match(held):
                return self._pass_fence(fence)
        if self._fence:
            return self._plain(held, final)
        if space := _SPACE.match(held):
            return self._after_space(held, space[0], final)
        match held[0]:
            case "`":
                return self._code(held, final)
            case "[" | "\u3010":
                return self._bracket(held, "", final)
            case "!" if held == "!" and not final:
                return None
            case "!" if held[1:2] == "[":
                return self._link(held, 1, final)
            case "<":
                return self._angle(held, final)
        return self._plain(held, final)

    def _pass_fence(self, fence: re.Match[str]) -> Step:
        ticks, rest = fence[1], fence[2]
        if not self._fence:
            self._fence = ticks
        elif ticks.startswith(self._fence) and not rest.strip():
            self._fence = ""
        return fence.end(), without_unknown_links(fence[0], self._known)

    def _plain(self, held: str, final: bool) -> Step:
        if run := _RUN.match(held):
            if run.end() == len(held) and not final:
                return None
            return run.end(), without_unknown_links(run[0], self._known)
        other = _OTHER.match(held)
        return (other.end(), other[0]) if other else (1, held[0])

    def _after_space(self, held: str, space: str, final: bool) -> Step:
        following = held[len(space) : len(space) + 1]
        if not following and not final:
            return None
        if following in ("[", "\u3010"):
            return self._bracket(held, space, final)
        return len(space), space

    def _code(self, held: str, final: bool) -> Step:
        ticks = _TICKS.match(held)
        fence = ticks[0] if ticks else "`"
        paragraph = held[:_LONGEST_HOLD].split("\n\n")[0]
        closing = re.compile(rf"(?<!`){fence}(?!`)").search(paragraph, len(fence))
        if closing and (closing.end() < len(held) or final):
            code = held[: closing.end()]
            return len(code), without_unknown_links(code, self._known)
        return None if _may_go_on(held, final) else (len(fence), fence)

    def _bracket(self, held: str, space: str, final: bool) -> Step:
        """A citation, with the space before it, which goes where the citation goes."""
        start = len(space)
        if (citation := _CITATION.match(held, start)) and held[citation.end() :][:1] != "(":
            if citation.end() == len(held) and not final:
                return None
            return citation.end(), self._cite(citation[1] or citation[2], space)
        if held[start] == "\u3010":
            waits = "\u3011" not in held and _may_go_on(held, final)
            return None if waits else (start + 1, held[: start + 1])
        return self._link(held, start, final)

    def _cite(self, numbers: str, space: str) -> str:
        shown: list[int] = []
        for number in map(int, re.findall(r"\d+", numbers)):
            if 1 <= number <= len(self._passages):
                source = self._passages[number - 1]
                self.numbers.setdefault(number - 1)
                if source not in self.cited:
                    self.cited.append(source)
                shown.append(self.cited.index(source) + 1)
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
        text, target = (
            held[start + 1 : text_end - 1],
            held[text_end + 1 : end - 1].split(maxsplit=1),
        )
        url = target[0].strip("<>") if target else ""
        image = held[:start] == "!"
        if is_known(url, self._known) and not image and not looks_like_link(text):
            return end, f"{held[:start]}[{text}]({url})"
        # The text goes through here again: it may be a citation, or hold another link.
        text = f"[{text}]" if text.isdecimal() else text
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
        if is_known(url, self._known) and label is None:
            return angle.end(), angle[0]
        return angle.end(), without_unknown_links(label or "", self._known) or REMOVED


def _may_go_on(held: str, final: bool) -> bool:
    return not final and len(held) < _LONGEST_HOLD and "\n\n" not in held


def _closing(text: str, start: int, pair: str) -> int:
    """The position after the bracket that closes the one at `start`, or -1."""
    depth = 0
    for position in range(start, min(len(text), _LONGEST_HOLD)):
        if text[position] in pair:
            depth += 1 if text[position] == pair[0] else -1
            if depth == 0:
                return position + 1
        elif text.startswith("\n\n", position):
            return -1
    return -1
