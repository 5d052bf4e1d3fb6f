"""Finds where the next part of a streamed answer ends that can be checked by itself."""

import re

from bot.answering.grounding.addresses import first
from bot.answering.grounding.links import KnownAddresses

_STOP = re.compile(r"[<>`\[\]\s\u3010\uff3b]|!\[|\\[\[`\\]|\Z")
"""Where something else begins that is judged by itself: code, a bracket, "![", an escape."""
_LONG_WORD = r"(?:(?!!\[|\\[\[`\\])[^<>`\[\]\s\u3010\uff3b.:@/\uff0e\uff20]){40}"
"""Part of a word that holds no sign of an address so far."""
_COMMA = r"[\u3001\u3002\uff01\uff0c\uff1b\uff1f]"  # Chinese and Japanese commas and full stops
_WHOLE_RUN = re.compile(rf"{_LONG_WORD}|\S*{_COMMA}")  # nothing can be added to this
_RUN = re.compile(
    rf"{_LONG_WORD}|\S+?(?:(?<={_COMMA})|(?<!://)(?=\[)"  # but http://[::1]/
    rf"|(?=(?!\[)(?:{_STOP.pattern})))"
)
"""What is judged at once: a word, as "deploy" of "deploy it" and "x" of "x[1]"."""
LONGEST_HOLD = 2_000
"""How many characters are held back at most."""

Step = tuple[int, str] | None
"""How many characters are consumed and their replacement; None: wait for more."""


def end_of_run(pending: str, allowed: KnownAddresses, final: bool) -> int:
    """The end of the text that can be checked at once; 0: wait for more."""
    run = _RUN.match(pending)
    if pending[0] == "]" or not run:
        return 1
    end, certain = run.end(), final or len(pending) >= LONGEST_HOLD
    address = first(run[0])
    if address:
        if not certain and allowed.may_come(pending[address.start :]):
            return 0
        spelled = address.start + len(allowed.at(pending, address.start))
        if spelled > end:
            more = _RUN.match(pending, spelled) if not _STOP.match(pending, spelled) else None
            end = more.end() if more else spelled
    if end == len(pending) and not certain and not _WHOLE_RUN.fullmatch(pending):
        return 0
    return end


def may_go_on(pending: str, final: bool) -> bool:
    return not final and len(pending) < LONGEST_HOLD and "\n\n" not in pending


def closing_bracket(text: str, start: int, pair: str) -> int:
    """The position after the bracket that closes the one at `start`, or -1."""
    depth = 0
    if pair[1] not in text[start:LONGEST_HOLD]:
        return -1
    for position in range(start, min(len(text), LONGEST_HOLD)):
        if text[position] in pair:
            depth += 1 if text[position] == pair[0] else -1
            if depth == 0:
                return position + 1
        elif text.startswith("\n\n", position):
            return -1
    return -1
