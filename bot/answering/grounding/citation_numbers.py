"""The numbers of an answer's citations: how models write them, and which source gets which.

Models cite passages by number, in many spellings: `[1]`, `[^2]`, `【3】`. People see the number
under which a passage's source is listed. `[0]` is the mark by which a model says that the passages
don't answer: see instructions.md.
"""

import re
from collections.abc import Iterable

from bot.answering.events import Source
from bot.answering.grounding.context import AnswerContext

_NUMBER = r"\d{1,9}(?: ?[-\u2010-\u2015] ?\d{1,9})?"  # "3", "3-5"
_RANGE = re.compile(r"(\d+)(?: ?[-\u2010-\u2015] ?(\d+))?")  # the same, its ends as groups
_NUMBERS = rf"{_NUMBER}(?: ?[,;&\u3001\uff0c] ?{_NUMBER})*"  # "1, 3-5; 7"
_INNER = (
    rf"[ ^#]?(?:(?:passage|source|document|file)s? )? ?({_NUMBERS})(?:\u2020[^\]\n]{{0,40}})? ?"
)
"""What stands between the brackets: "1", "^2", "passage 3", "4†L1-L9"."""
CITATION = re.compile(
    rf"\[\[{_INNER}\]\]|\\?[\[\uff3b]{_INNER}\\?[\]\uff3d]"
    rf"|\u3010 ?({_NUMBERS})[^\u3011\n]{{0,40}}\u3011",
    re.IGNORECASE,
)
"""A citation: "[1]", "[[2]]", "\\[3\\]", "【4†source】", and in brackets of full width."""

CLOSING = {"[": "]", "\uff3b": "\uff3d", "\u3010": "\u3011"}
"""The brackets that citations stand in."""

_BRACKETED = r"[\s*_(]*[\[\u3010\uff3b]\s?[0\uff10]\s?[\]\u3011\uff3d]"  # "[0]", "**[ 0 ]"
NOT_FOUND = re.compile(rf"{_BRACKETED}[*_)]*(?: ?[:.,\u2013\u2014-](?=\s))?\s*")
MAYBE_NOT_FOUND = re.compile(
    rf"{_BRACKETED}[*_)]*\s*[:.,\u2013\u2014-]?\s*"
    r"|[\s*_(]*(?:[\[\u3010\uff3b](?:\s?[0\uff10]?\s?)?)?"
)
"""The mark at the beginning of an answer, "[0] " or "**[0]**: ", and what may become one, "[0"."""


class CitationNumbers:
    """Numbers the sources of one answer in the order in which its text cites them."""

    def __init__(self, material: AnswerContext) -> None:
        self.cited_hits: list[int] = []
        """Which hits of the material were cited, counted from 0, in the order of the text."""
        self.has_begun = False
        """Whether it is certain if the answer begins with the mark `[0]`."""
        self._material = material
        self._sources: list[Source] = []
        self._in_source_list: list[int] = []
        self._begins_with_mark = self._has_mark = False

    @property
    def abstained(self) -> bool:
        return self._begins_with_mark or (self._has_mark and not self.cited_hits)

    def begin(self, text: str, final: bool) -> str | None:
        """The beginning of an answer without the mark; None: wait for more."""
        if not final and MAYBE_NOT_FOUND.fullmatch(text):
            return None
        mark = NOT_FOUND.match(text)
        self._begins_with_mark, self.has_begun = bool(mark), True
        return text[mark.end() :] if mark else text

    def begin_again(self) -> None:
        """Forget the mark: more material comes, and what follows may answer from it."""
        self.has_begun = self._begins_with_mark = self._has_mark = False

    def cite(self, numbers: Iterable[int], space: str) -> str:
        """What is shown for the numbers of hits, after `space`; nothing where they name none."""
        citations: list[int] = []
        for number in numbers:
            self._has_mark = self._has_mark or number == 0
            if 1 <= number <= len(self._material.hits):
                source = self._material.hits[number - 1].passage.source
                if number - 1 not in self.cited_hits:
                    self.cited_hits.append(number - 1)
                if source not in self._sources:
                    self._sources.append(source)
                citations.append(self._sources.index(source) + 1)
        return space + "".join(f"[{n}]" for n in dict.fromkeys(citations)) if citations else ""

    def note_source_list(self, numbers: Iterable[int]) -> None:
        """Remember the numbers of a list of sources that the model wrote below its answer."""
        self._in_source_list += numbers

    def cite_source_list(self) -> str:
        """Citations by the model's own list of sources, where its text has none."""
        return "" if self.cited_hits else self.cite(self._in_source_list, "")


def expanded(text: str, most: int) -> list[int]:
    """The numbers of `1, 3-5`; a range goes up to `most`."""
    numbers: list[int] = []
    for first, last in _RANGE.findall(text):
        numbers += [int(first), *range(int(first) + 1, min(int(last or 0), most) + 1)]
    return numbers
