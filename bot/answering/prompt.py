"""Puts together what the model reads: what stays the same first, so that it can be cached."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypedDict

from bot.answering.events import Question, Turn
from bot.answering.retrieval import Hit

_HISTORY_CHARACTERS = 12_000
_QUESTION_CHARACTERS = 20_000
_CITATION = re.compile(r" ?\[\d{1,3}\]")


class Message(TypedDict):
    role: Literal["system", "user", "assistant"]
    content: str


def instructions() -> str:
    return Path(__file__).with_name("instructions.md").read_text(encoding="utf-8")


def messages(system: str, question: Question, hits: Sequence[Hit]) -> list[Message]:
    """The instructions, the thread, and last the question with its numbered passages."""
    passages = "\n\n".join(_numbered(number, hit) for number, hit in enumerate(hits, 1))
    asked = _cut(question.text)
    content = f"<passages>\n{passages or 'No passage fits.'}\n</passages>\n\nQuestion: {asked}"
    return [
        {"role": "system", "content": system},
        *(Message(role=turn.role, content=turn.text) for turn in _recent(question.history)),
        {"role": "user", "content": content},
    ]


def _recent(history: Sequence[Turn]) -> list[Turn]:
    """The last turns that fit. Old citations go: their numbers meant other passages."""
    kept: list[Turn] = []
    room = _HISTORY_CHARACTERS
    for turn in reversed(history):
        text = _CITATION.sub("", turn.text) if turn.role == "assistant" else turn.text
        room -= len(text)
        if room < 0:
            break
        if text.strip():
            kept.insert(0, Turn(turn.role, text))
    return kept


def _numbered(number: int, hit: Hit) -> str:
    text = re.sub(r"</?passage", "(passage", hit.passage.text)
    return f'<passage number="{number}" source="{hit.passage.source}">\n{text}\n</passage>'


def _cut(text: str) -> str:
    if len(text) <= _QUESTION_CHARACTERS:
        return text
    half = _QUESTION_CHARACTERS // 2
    return f"{text[:half]}\n[…]\n{text[-half:]}"
