"""The campaign's answers, each of which proves of itself that it is whole.

An answer is made of numbered words, `q17c2w1-harbour`: of question 17, by the model's second call,
the first word. It ends in `q17c2end-40-1f3a9c02`: how many words there were, and their checksum.
Call 0 is what the documents say of a question, quoted where the model fails.
"""

import hashlib
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

_WORDS = [
    "anchor",
    "berth",
    "crane",
    "dock",
    "ebb",
    "ferry",
    "gale",
    "harbour",
    "islet",
    "jetty",
    "keel",
    "lantern",
    "mast",
]
_WORD = re.compile(r"q(\d+)c(\d+)w(\d+)-([a-z]+)")  # "q17c2w1-harbour"
_END = re.compile(r"q(\d+)c(\d+)end-(\d+)-([0-9a-f]{8})")  # "q17c2end-40-1f3a9c02"
_SHIP = re.compile(r"ship(\d+)x")  # "ship17x"
DOCUMENTS = 0
"""The number of the call whose answer is quoted from the documents."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a message shows of answers: their words in order, and their ends."""

    words: tuple[tuple[int, int, int, str], ...]
    ends: tuple[tuple[int, int, int, str], ...]

    @property
    def calls(self) -> set[tuple[int, int]]:
        """Pairs of a question's number and of the call that answered it."""
        return {(question, call) for question, call, *_ in (*self.words, *self.ends)}


def question(number: int) -> str:
    """The text of a question; no other one asks for this ship."""
    return f"Which is the berth of ship{number}x?"


def number_of(text: str) -> int | None:
    """The number of the question that a text asks, the last one where it asks several."""
    numbers = _SHIP.findall(text)
    return int(numbers[-1]) if numbers else None


def document(number: int) -> str:
    """The one sentence that the documents know of a question's ship."""
    words = " ".join(_words(number, DOCUMENTS, 6))
    return f"# Ship ship{number}x\n\nThe berth of ship{number}x: {words} {_end(number, 0, 6)}.\n"


def answer(number: int, call: int, size: int, seed: int) -> str:
    """Markdown of about `size` characters, with whatever Markdown has that can be torn."""
    dice = random.Random(f"{seed} {number} {call}")
    count = max(5, size // 19)
    words = iter(_words(number, call, count))
    parts = [" ".join(_take(words, 5))]
    while part := _take(words, dice.randint(8, 60)):
        parts.append(dice.choice((_paragraph, _paragraph, _list, _code, _table))(part))
    return "\n\n".join([*parts, _end(number, call, count)])


def read(text: str) -> Read:
    words = ((int(q), int(c), int(n), word) for q, c, n, word in _WORD.findall(text))
    ends = ((int(q), int(c), int(n), checksum) for q, c, n, checksum in _END.findall(text))
    return Read(tuple(words), tuple(ends))


def is_whole(parts: Iterable[Read]) -> bool:
    """Whether the messages of one answer, in their order, show all of it, once and in order."""
    parts = list(parts)
    words = [word for part in parts for word in part.words]
    ends = [end for part in parts for end in part.ends]
    calls = {pair for part in parts for pair in part.calls}
    if len(calls) != 1 or len(ends) != 1 or not parts[-1].ends:
        return False
    _, _, count, checksum = ends[0]
    in_order = [number for _, _, number, _ in words] == list(range(1, count + 1))
    return in_order and _checksum(f"q{q}c{c}w{n}-{word}" for q, c, n, word in words) == checksum


def _words(number: int, call: int, count: int) -> list[str]:
    dice = random.Random(f"{number} {call}")
    return [f"q{number}c{call}w{n}-{dice.choice(_WORDS)}" for n in range(1, count + 1)]


def _end(number: int, call: int, count: int) -> str:
    return f"q{number}c{call}end-{count}-{_checksum(_words(number, call, count))}"


def _checksum(words: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:8]


def _take(words: Iterator[str], count: int) -> list[str]:
    return list(islice(words, count))


def _paragraph(words: list[str]) -> str:
    return " ".join(words) + "."


def _list(words: list[str]) -> str:
    return "\n".join(f"{'  ' * (n % 2)}- {word}" for n, word in enumerate(words))


def _code(words: list[str]) -> str:
    return "\n".join(("```text", *words, "```"))


def _table(words: list[str]) -> str:
    return "\n".join(("| Word |", "| --- |", *(f"| {word} |" for word in words)))
