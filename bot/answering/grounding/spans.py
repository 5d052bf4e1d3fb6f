"""How far the parts of an answer go that are judged at once, while more of it may come."""

import re

from bot.answering.grounding.addresses import first
from bot.answering.grounding.links import KnownAddresses
from bot.answering.hygiene import CONTROL_TOKEN, MAYBE_CONTROL_TOKEN

_STOP = re.compile(r"[<>`\[\]\s\u3010\uff3b]|!\[|\\[\[`\\]|\Z")
_LONG_WORD = r"(?:(?!!\[|\\[\[`\\])[^<>`\[\]\s\u3010\uff3b.:@/\uff0e\uff20]){40}"
"""Part of a word that holds no sign of an address so far."""
_COMMA = r"[\u3001\u3002\uff01\uff0c\uff1b\uff1f]"  # Chinese and Japanese commas and full stops
_WHOLE_RUN = re.compile(rf"{_LONG_WORD}|\S*{_COMMA}")
_RUN = re.compile(
    rf"{_LONG_WORD}|\S+?(?:(?<={_COMMA})|(?<!://)(?=\[)"  # but http://[::1]/
    rf"|(?=(?!\[)(?:{_STOP.pattern})))"
)
_IN_FENCE = re.compile(r"[^\n<\[]+|.", re.DOTALL)
LONGEST_HOLD = 2_000
"""How many characters are held back at most."""

Step = tuple[int, str] | None
"""How many characters are done with and what they become; None: wait for more."""


def end_of_run(held: str, known: KnownAddresses, final: bool) -> int:
    """How far a text goes that is judged at once; 0: wait for more."""
    run = _RUN.match(held)
    if held[0] == "]" or not run:
        return 1
    end, certain = run.end(), final or len(held) >= LONGEST_HOLD
    address = first(run[0])
    if address:
        if not certain and known.may_come(held[address.start :]):
            return 0
        spelled = address.start + len(known.at(held, address.start))
        if spelled > end:
            more = _RUN.match(held, spelled) if not _STOP.match(held, spelled) else None
            end = more.end() if more else spelled
    if end == len(held) and not certain and not _WHOLE_RUN.fullmatch(held):
        return 0
    return end


def fenced(held: str, final: bool) -> Step:
    """Code, as it stands; only control tokens that were broken for the model become whole."""
    if held[0] in "<[" and not final:
        joined = held[0] + held[2:]
        if len(held) == 1 or (held[1] == " " and MAYBE_CONTROL_TOKEN.fullmatch(joined)):
            return None
    if held[1:2] == " " and (token := CONTROL_TOKEN.match(held[0] + held[2:])):
        return token.end() + 1, token[0]
    code = _IN_FENCE.match(held)
    return (code.end(), code[0]) if code else (1, held[0])


def may_go_on(held: str, final: bool) -> bool:
    return not final and len(held) < LONGEST_HOLD and "\n\n" not in held


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
