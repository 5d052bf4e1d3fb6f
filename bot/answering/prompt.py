"""Puts together what the model reads: what stays the same first, so that it can be cached."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

from bot.answering.events import Attachment, Picture, Question, Source, TextFile, Turn, UnreadFile
from bot.answering.passages import PASSAGE_CHARACTERS, Passage
from bot.answering.retrieval import Hit

_HISTORY_CHARACTERS = 12_000
_QUESTION_CHARACTERS = 20_000
_CITATION = re.compile(r" ?\[\d{1,3}\]")
_TAG = re.compile(r"</?(?=passage|file|result)", re.IGNORECASE)
_SUMMARISE = "Say in a few sentences what the files are about, and ask what to do with them."


class Message(TypedDict):
    role: Literal["system", "user", "assistant", "tool"]
    content: str | list[dict[str, Any]] | None
    tool_calls: NotRequired[list[dict[str, Any]]]
    tool_call_id: NotRequired[str]
    reasoning_content: NotRequired[str]


def instructions() -> str:
    return Path(__file__).with_name("instructions.md").read_text(encoding="utf-8")


def messages(system: str, question: Question, hits: Sequence[Hit]) -> list[Message]:
    """The instructions, the thread, and last the question with its numbered passages and files."""
    passages = "\n\n".join(numbered(number, hit) for number, hit in enumerate(hits, 1))
    files = "\n\n".join(_files(question, len(hits) + 1))
    parts = [f"<passages>\n{passages or 'No passage fits.'}\n</passages>"]
    parts += [f"<files>\n{files}\n</files>"] if files else []
    text = "\n\n".join([*parts, f"Question: {_cut(question.text) or _SUMMARISE}"])
    return [
        {"role": "system", "content": system},
        *(Message(role=turn.role, content=turn.text) for turn in _recent(question.history)),
        {"role": "user", "content": _with_pictures(text, question)},
    ]


def result(text: str, most: int) -> str:
    """What a tool has found, as the model reads it: like passages, but not to be cited."""
    cut = text if len(text) <= most else f"{text[:most]}\n[\u2026]"
    return f"<result>\n{_TAG.sub('(', cut)}\n</result>"


def as_hits(files: Sequence[Attachment]) -> list[Hit]:
    """What the numbers after those of the passages mean: the files, by how they begin."""
    texts = [file for file in files if isinstance(file, TextFile)]
    return [
        Hit(Passage(Source(file.name, file.name), file.text[:PASSAGE_CHARACTERS]), 0.0)
        for file in texts
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


def numbered(number: int, hit: Hit) -> str:
    """One passage as the model reads it."""
    text = _TAG.sub("(", hit.passage.text)
    return f'<passage number="{number}" source="{hit.passage.source}">\n{text}\n</passage>'


def _files(question: Question, number: int) -> Iterator[str]:
    for file in question.files:
        name = re.sub(r'["<>]', "'", file.name)
        match file:
            case TextFile(_, text, left_out):
                note = f' left-out="{left_out}"' if left_out else ""
                text = _TAG.sub("(", text)
                yield f'<file number="{number}" name="{name}"{note}>\n{text}\n</file>'
                number += 1
            case Picture():
                yield f'<file name="{name}">One of the pictures.</file>'
            case UnreadFile(_, why):
                yield f'<file name="{name}">Could not be read: {why}.</file>'


def _with_pictures(text: str, question: Question) -> str | list[dict[str, Any]]:
    """A plain text where there are no pictures: some servers take nothing else."""
    pictures = [file for file in question.files if isinstance(file, Picture)]
    if not pictures:
        return text
    return [{"type": "text", "text": text}, *map(_image, pictures)]


def _image(picture: Picture) -> dict[str, Any]:
    data = b64encode(picture.data).decode()
    return {"type": "image_url", "image_url": {"url": f"data:{picture.mime};base64,{data}"}}


def _cut(text: str) -> str:
    if len(text) <= _QUESTION_CHARACTERS:
        return text
    half = _QUESTION_CHARACTERS // 2
    return f"{text[:half]}\n[…]\n{text[-half:]}"
