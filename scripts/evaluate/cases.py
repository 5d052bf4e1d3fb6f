"""Questions with what is expected of their answers, as the file of a golden set has them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.answering.events import Question, Source, Turn
from bot.answering.retrieval.permissions import Permissions
from scripts.terminal.problem import Problem

_KEYS = (
    *("id", "question", "turns", "sources", "points", "answer", "not_answerable"),
    *("channel", "groups"),
)


@dataclass(frozen=True, slots=True)
class Expected:
    """A source that answers a question, or part of it; without a heading any section of it."""

    file: str
    heading: str = ""
    gain: float = 1.0

    @classmethod
    def parse(cls, text: str) -> "Expected":
        """Parse `deploying.md#Deploy to staging`, or `deploying.md` alone."""
        file, _, heading = text.partition("#")
        return cls(file.strip(), heading.strip())

    def fits(self, source: Source) -> bool:
        return source.file == self.file and (not self.heading or self.heading in source.path)

    def __str__(self) -> str:
        return f"{self.file}#{self.heading}" if self.heading else self.file


@dataclass(frozen=True, slots=True)
class Case:
    """`points` are what a right answer says, `answer` is a right answer; either may be missing."""

    id: str
    question: Question
    expected: tuple[Expected, ...] = ()
    points: tuple[str, ...] = ()
    answer: str = ""
    answerable: bool = True


def read(path: Path) -> list[Case]:
    """The questions of a golden set, one JSON object a line. Raises `Problem`, with the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Problem(f"There is no golden set to read at {path}: {error.strerror}.") from error
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = _case(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Problem(f"{path.name}, line {number}: {_reason(error)}") from error
        if case.id in cases:
            raise Problem(f"{path.name}, line {number}: the id {case.id!r} is there already.")
        cases[case.id] = case
    return list(cases.values())


def _case(values: Mapping[str, Any]) -> Case:
    if unknown := set(values).difference(_KEYS):
        raise ValueError(f"unknown {sorted(unknown)[0]!r}; known are {', '.join(_KEYS)}")
    answerable = not values.get("not_answerable", False)
    case = Case(
        _text(values["id"]),
        _question(values),
        tuple(Expected.parse(_text(source)) for source in values.get("sources", ())),
        tuple(_text(point) for point in values.get("points", ())),
        str(values.get("answer", "")),
        answerable,
    )
    if answerable and not case.expected:
        raise ValueError('expects no "sources", and is not marked "not_answerable"')
    if not answerable and case.expected:
        raise ValueError('expects "sources", and is marked "not_answerable"')
    return case


def _question(values: Mapping[str, Any]) -> Question:
    return Question(
        _text(values["question"]),
        tuple(_turns(values.get("turns", ()))),
        permissions=Permissions(
            str(values.get("channel", "")), frozenset(map(_text, values.get("groups", ())))
        ),
    )


def _turns(texts: Any) -> Iterator[Turn]:
    """Earlier messages, the oldest first: of the person and of the bot in turn."""
    for number, text in enumerate(texts):
        yield Turn("assistant" if number % 2 else "user", _text(text))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"a text is expected, not {value!r}")
    return value.strip()


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
