"""Divides one answer's Markdown among messages, each of which Slack takes and shows by itself.

Slack ends a streamed message near 10.6 kB (docs/decisions/0004), and takes a message apart into
at most 50 blocks (0012). Where a message ends inside a code block, a table, a list, a quote or
bold text, this is closed there, and the next message begins inside it again.
"""

import re

from bot.markdown.layout import NEVER, Boundary, Opened, boundaries, opened
from bot.markdown.margin import Margin

PART_BYTES = 9_000
"""A message's size in UTF-8, with what is re-opened and closed."""

PART_ELEMENTS = 40
"""Headings, dividers, tables, code blocks and the texts between them, in one message."""

_CLOSING = 24
"""Bytes kept free for what closes a message."""

_LAST = 1_500
"""How many bytes before the limit a stream goes on by whole paragraphs, rows and items."""

_GOOD = 2
"""The worst boundary at which to stop before a message is full."""

_SENTENCE = re.compile(r"[.!?:;](?=\s)|[\u3002\uff01\uff1f]")
_WORD = re.compile(r"(?<=\S)(?=\s)")
_TORN = re.compile(r"(?:!?\[[^\]\n]*(?:\](?:\([^)\s]*)?)?|&[a-z]{0,3}|\\)$")
"""The beginning of a link, of an escaped character: none is cut in two."""


class Parts:
    """What goes into which message. `add` text, ask what is `ready`, say when it is `shown`.

    `turn` leaves a message that takes no more, or that Slack has ended.
    """

    def __init__(self, limit: int = PART_BYTES) -> None:
        self._limit = self._whole = limit
        self._waiting = ""
        self._message = ""
        self._opened = Opened()
        self._offered = ""
        self._taken = 0
        self._full = False
        self._margin = Margin(0)

    def add(self, text: str) -> None:
        self._waiting += self._margin.cut(text)

    def reserve(self, size: int) -> None:
        """Leave so many bytes more of this message to something else than text."""
        self._limit -= size

    @property
    def message(self) -> str:
        """What this message shows so far."""
        return self._message

    @property
    def at_line_end(self) -> bool:
        """Whether the message shows whole lines only."""
        return self._message.endswith("\n")

    @property
    def leaves_nothing(self) -> bool:
        """Whether what is ready is all there is."""
        return self._taken == len(self._waiting)

    def ready(self, *, final: bool = False, ending: bool = False) -> str | None:
        """What the message may show now; empty: wait for more text; None: begin the next.

        `final`: no more text will come. `ending`: the message should end soon, at a line's end.
        """
        if not self._message:
            self._waiting = self._waiting.lstrip("\n")
        if not self._waiting.strip():
            return ""
        opening = "" if self._message else self._opened.opening(self._waiting, self._limit // 3)
        self._taken = 0 if self._full else self._room(self._message or opening, final)
        if ending:
            self._taken = self._waiting.rfind("\n", 0, self._taken) + 1 or self._taken
        self._offered = opening + self._waiting[: self._taken] if self._taken else ""
        return self._offered or (None if self._full else "")

    def shown(self) -> None:
        """What was ready is shown."""
        self._message += self._offered
        self._waiting = self._waiting[self._taken :]
        self._offered, self._taken = "", 0

    def turn(self) -> str:
        """Begin the next message; returns what closes the last one."""
        self._full, self._limit = False, self._whole
        if not self._message:
            return ""
        self._opened = opened(self._message, self._waiting)
        self._margin = self._margin.after(self._opened)
        self._waiting = self._margin.cut(self._waiting)
        if not self._opened.line_ended:
            self._waiting = self._waiting.lstrip(" ")
        self._message = ""
        return self._opened.closing

    def _room(self, message: str, final: bool) -> int:
        """How many characters of what waits go into the message. Sets `_full` if never all do."""
        used = len(message.encode())
        free = max(self._limit - _CLOSING - used, 0)
        head = self._waiting.encode()[:free].decode(errors="ignore")
        found = list(boundaries(message, self._waiting[: len(head) + 200]))
        found = [b for b in found if b.position <= len(head) and (b.position or self._message)]
        few = [b for b in found if b.elements <= PART_ELEMENTS] or found[:1]
        if len(head) == len(self._waiting) and len(few) == len(found):
            if final or used + len(head.encode()) <= self._limit - _LAST:
                return len(head)
            inside = [b.position for b in few if b.cost <= _GOOD and b.position < len(head)]
            return max(inside, default=0)
        self._full = True
        return self._best(message, head, few)

    def _best(self, message: str, head: str, found: list[Boundary]) -> int:
        """Where to end a full message: at a paragraph's end rather than a line's or a word's."""
        found = [b for b in found if b.cost < NEVER]
        half = self._limit // 2 - len(message.encode())
        late = [b for b in found if len(head[: b.position].encode()) >= half]
        if late:
            return min(late, key=lambda b: (b.cost, -b.position)).position
        if found and found[-1].position:
            return found[-1].position
        if found and half <= 0:
            return 0
        return _within_line(head) or (0 if self._message else 1)


def roll_over(text: str, limit: int = PART_BYTES) -> list[str]:
    """Split Markdown into messages of at most `limit` bytes of UTF-8."""
    parts = Parts(limit)
    parts.add(text)
    messages = [""]
    while (part := parts.ready(final=True)) != "":
        if part is None:
            messages[-1] += parts.turn()
            messages.append("")
        else:
            messages[-1] += part
            parts.shown()
    return messages


def _within_line(head: str) -> int:
    """The end of the last sentence, word or at least character."""
    for separator in (_SENTENCE, _WORD):
        ends = [found.end() for found in separator.finditer(head, len(head) // 2)]
        if ends:
            head = head[: ends[-1]]
            break
    torn = _TORN.search(head)
    return torn.start() if torn and torn.start() > len(head) // 2 else len(head)
