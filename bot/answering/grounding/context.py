"""What one answer may contain: passages to cite, links to repeat, arrays that are no citations.

Tools add to it while the answer is written.
"""

import re
from collections.abc import Iterable, Iterator

from bot.answering.events import Limited
from bot.answering.grounding.links import KnownAddresses
from bot.answering.hygiene import visible
from bot.answering.retrieval.index import Hit

_CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]+`", re.DOTALL)  # "`x`"
_ARRAY = re.compile(r"([A-Za-z_][\w.]*)\[\d+\]")  # "sys.argv[1]"


class AnswerContext:
    """The first of `hits` is number 1. `links` may be shown, `arrays` are names as in `argv[1]`."""

    def __init__(self, question: str) -> None:
        self.hits: list[Hit] = []
        self.links = KnownAddresses()
        self.arrays: set[str] = set(_ARRAY.findall(question))
        self.know([question])

    def add(self, hits: Iterable[Hit]) -> None:
        """Add hits, which take the next numbers."""
        new_hits = list(hits)
        self.hits += new_hits
        self.know(hit.passage.text for hit in new_hits)

    def limits(self) -> Iterator[Limited]:
        """Yield one event if any of the hits is not for everyone, since the model has read it."""
        if any(hit.passage.audience.is_limited for hit in self.hits):
            yield Limited()

    def know(self, texts: Iterable[str]) -> None:
        """Allow the links of texts that the model reads beside the hits, such as whole files."""
        for text in texts:
            self.links.add(visible(text))
            for code in _CODE.findall(text):
                self.arrays |= set(_ARRAY.findall(code))
