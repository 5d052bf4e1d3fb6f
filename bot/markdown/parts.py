"""Divides one answer's Markdown among messages, each of which is valid Markdown by itself.

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
"""Bytes before the limit in which text is added by whole paragraphs, rows and items."""

_GOOD = 2
"""The worst boundary at which to stop before a message is full."""

_SENTENCE = re.compile(r"[.!?:;](?=\s)|[\u3002\uff01\uff1f]")  # the end of "Done. ", "完了。"
_WORD = re.compile(r"(?<=\S)(?=\s)")  # the end of "word "
_INCOMPLETE = re.compile(r"(?:!?\[[^\]\n]*(?:\](?:\([^)\s]*)?)?|&[a-z]{0,3}|\\)$")
"""The beginning of a link or an escape, which must not be cut: "[Guide](https", "&am", "\\"."""


class Parts:
    """What goes into which message: `add` text, show what is `ready`, call `note_shown`.

    `turn` begins the next message, when this one is full or Slack has ended it.
    """

    def __init__(self, limit: int = PART_BYTES) -> None:
        self._limit = self._whole = limit
        self._waiting = ""
        self._message = ""
        self._opened = Opened()
        self._offered = ""
        self._ready_size = 0
        self._full = False
        self._margin = Margin(0)

    def add(self, text: str) -> None:
        self._waiting += self._margin.cut(text)

    def reserve(self, size: int) -> None:
        """Leave `size` bytes more of this message for something else than text."""
        self._limit -= size

    @property
    def message(self) -> str:
        """What this message shows so far."""
        return self._message

    @property
    def at_line_end(self) -> bool:
        """Whether the message ends with a whole line."""
        return self._message.endswith("\n")

    @property
    def leaves_nothing(self) -> bool:
        """Whether all text is ready."""
        return self._ready_size == len(self._waiting)

    def ready(self, *, final: bool = False, ending: bool = False) -> str | None:
        """The text to add to the message; empty: wait for more text; None: begin the next message.

        `final`: no more text will come. `ending`: the message should end soon, at a line's end.
        """
        if not self._message:
            self._waiting = self._waiting.lstrip("\n")
        if not self._waiting.strip():
            return ""
        opening = "" if self._message else self._opened.opening(self._waiting, self._limit // 3)
        self._ready_size = 0 if self._full else self._room(self._message or opening, final)
        if ending:
            self._ready_size = (
                self._waiting.rfind("\n", 0, self._ready_size) + 1 or self._ready_size
            )
        self._offered = opening + self._waiting[: self._ready_size] if self._ready_size else ""
        return self._offered or (None if self._full else "")

    def note_shown(self) -> None:
        """Note that the ready text has been shown."""
        self._message += self._offered
        self._waiting = self._waiting[self._ready_size :]
        self._offered, self._ready_size = "", 0

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
        """How many waiting characters go into the message. Sets `_full` if not all have room."""
        used = len(message.encode())
        free = max(self._limit - _CLOSING - used, 0)
        head = self._waiting.encode()[:free].decode(errors="ignore")
        ends = list(boundaries(message, self._waiting[: len(head) + 200]))
        ends = [b for b in ends if b.position <= len(head) and (b.position or self._message)]
        few = [b for b in ends if b.elements <= PART_ELEMENTS] or ends[:1]
        if len(head) == len(self._waiting) and len(few) == len(ends):
            if final or used + len(head.encode()) <= self._limit - _LAST:
                return len(head)
            inside = [b.position for b in few if b.cost <= _GOOD and b.position < len(head)]
            return max(inside, default=0)
        self._full = True
        return self._best(message, head, few)

    def _best(self, message: str, head: str, ends: list[Boundary]) -> int:
        """Where to end a full message: at a paragraph's end rather than a line's or a word's."""
        ends = [b for b in ends if b.cost < NEVER]
        half = self._limit // 2 - len(message.encode())
        late = [b for b in ends if len(head[: b.position].encode()) >= half]
        if late:
            return min(late, key=lambda b: (b.cost, -b.position)).position
        if ends and ends[-1].position:
            return ends[-1].position
        if ends and half <= 0:
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
            parts.note_shown()
    return messages


def _within_line(head: str) -> int:
    """The end of the last sentence, word or at least character."""
    for separator in (_SENTENCE, _WORD):
        ends = [match.end() for match in separator.finditer(head, len(head) // 2)]
        if ends:
            head = head[: ends[-1]]
            break
    incomplete = _INCOMPLETE.search(head)
    return incomplete.start() if incomplete and incomplete.start() > len(head) // 2 else len(head)
