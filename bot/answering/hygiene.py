"""Removes invisible characters from texts, and breaks the control tokens of models.

Tag characters, zero-width characters and the like carry orders to a model, and data out of an
answer, under everybody's eyes. Control tokens such as `<|im_start|>` end a message and begin one
with another role, where a server looks for them in what it was sent. See docs/decisions/0036.
"""

import re
import unicodedata

_HIDDEN = (
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f"  # control characters
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufff0-\ufffb"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, and control characters
other than line breaks and tabs."""
_INVISIBLE = re.compile(f"{_HIDDEN}+")
_HIDDEN_END = re.compile(f"(?<!{_HIDDEN}){_HIDDEN}+\\Z")

_JOINERS = "\u200c\u200d"  # zero width non-joiner and joiner
_DIRECTIONS = "\u200e\u200f\u061c"  # marks: left to right, right to left, Arabic letter
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors: U+FE0F behind a heart makes it an emoji."""
_MONGOLIAN = "\u180b\u180c\u180d\u180e\u180f"  # its own selectors, and its vowel separator
_JOINING_SCRIPTS = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ua840-\ua87f\ufb50-\ufdff\ufe70-\ufeff]"
)
"""Arabic (Persian's ZWNJ), Syriac, the scripts of India, Tibetan, Burmese, Khmer, Mongolian:
https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-23/ ("Cursive Connection")."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")  # Hebrew, Arabic
_FLAG = "\U0001f3f4"  # a black flag, which tag characters make one of a region
_FLAGS = frozenset(
    "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
"""England, Scotland, Wales: all that Unicode recommends (emoji-sequences.txt)."""

_CONTROL = (
    # <|im_start|>, <|eot_id|>, <|channel|>; Gemma 4's <|turn> and <turn|>; DeepSeek's
    r"<\|[^\s<>|]{1,40}\|?>|<[^\s<>|]{1,40}\|>|<\uff5c[^\n<>\uff5c]{1,40}\uff5c>"
    r"|</?(?:s|bos|eos|pad|unk|sop|eop|think|tool_call|tool_response|start_of_turn|end_of_turn"
    r"|start_of_image|end_of_image|(?:BOS|EOS|PAD|UNK)_TOKEN)>"
    r"|<</?SYS>>|\[gMASK\]"
    r"|\[/?(?:INST|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS|TOOL_CONTENT|SYSTEM_PROMPT|ARGS|CALL_ID"
    r"|MODEL_SETTINGS|THINK|IMG|IMG_BREAK|IMG_END|AUDIO|PREFIX|MIDDLE|SUFFIX)\]"
)
CONTROL_TOKEN = re.compile(_CONTROL)
"""Which model has which, and where that is published: docs/decisions/0036."""
MAYBE_CONTROL_TOKEN = re.compile(
    r"<(?:\|[^\s<>|]{0,40}\|?|/?[A-Za-z_]{1,20}|[^\s<>|]{1,40}\|?|\uff5c[^\n<>\uff5c]{0,40}\uff5c?|<?/?S?Y?S?>?)?"
    r"|\[/?[A-Za-z_]{0,20}"
)
"""The beginning of a token: "<|im_", "<<S", "[/IN"."""
_GAP = re.compile(r"(?<=[<\[]) ")  # the space of "< |im_end|>"
_LONGEST_TOKEN = 60


def for_model(text: str) -> str:
    """A text as a model may read it: without hidden characters, with control tokens broken.

    `<|im_end|>` becomes `< |im_end|>`, so that it can still be read about.
    """
    return CONTROL_TOKEN.sub(lambda token: f"{token[0][0]} {token[0][1:]}", visible(text))


def mended(code: str) -> str:
    """Code in which the control tokens that `for_model` broke are whole: `<|im_end|>`."""

    def gap_or_none(gap: re.Match[str]) -> str:
        following = code[gap.end() : gap.end() + _LONGEST_TOKEN]
        return "" if CONTROL_TOKEN.match(code[gap.start() - 1] + following) else " "

    return _GAP.sub(gap_or_none, code)


def visible(text: str, before: str = "") -> str:
    """The text without invisible characters; `before` is the text before it.

    Joiners stay within emoji and where a script needs them, flags and emoji's variants as well.
    """
    if text.isascii() and text.isprintable():
        return text
    whole = before + text
    visible_text = _INVISIBLE.sub(_needed, whole)
    return visible_text[len(_INVISIBLE.sub(_needed, before)) :] if before else visible_text


class VisibleText:
    """Removes invisible characters from a stream: `feed` each piece, `finish` at the end.

    Only hidden characters are held back, until what follows decides whether they are needed.
    """

    def __init__(self) -> None:
        self._before = self._hidden = ""

    def feed(self, piece: str) -> str:
        text = self._hidden + piece
        trailing = _HIDDEN_END.search(text) if text else None
        ready = text[: trailing.start()] if trailing else text
        self._hidden = text[len(ready) :]
        output = visible(ready, self._before)
        self._before = ready[-1:] or self._before
        return output

    def finish(self) -> str:
        return visible(self._hidden, self._before)


def _needed(run: re.Match[str]) -> str:
    """The invisible characters of a run that are needed in their place."""
    text, start, end = run.string, run.start(), run.end()
    before, after = text[start - 1 : start], text[end : end + 1]
    hidden = run[0]
    if before == _FLAG and hidden in _FLAGS:
        return hidden
    needed = ""
    if hidden[0] in _MONGOLIAN and "\u1800" <= before <= "\u18af":
        return hidden[0]
    if _VARIATION.match(hidden) and _varies(before, hidden[0], after):
        needed, hidden = hidden[0], hidden[1:]
    if hidden == "\u200d" and _is_emoji(before) and _is_emoji(after):
        return needed + hidden
    if hidden and hidden in _JOINERS and _JOINING_SCRIPTS.match(before):
        return needed + hidden
    if hidden and hidden in _DIRECTIONS and any(map(_RIGHT_TO_LEFT.match, (before, after))):
        return needed + hidden
    return needed


def _varies(base: str, selector: str, after: str) -> bool:
    """Whether a character has variants: emoji, keycaps, Chinese characters."""
    if not base:
        return False
    if selector in "\ufe0e\ufe0f":
        return _is_emoji(base) or after == "\u20e3"
    return unicodedata.category(base) == "Lo" and base >= "\u2e80"


def _is_emoji(character: str) -> bool:
    """A sign beyond ASCII: emoji are among them."""
    return character > "\u00a8" and unicodedata.category(character)[0] in "SP"
