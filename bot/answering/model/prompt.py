"""Builds the prompt; what is the same for every question comes first, so that it is cached."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

from bot.answering.events import (
    Attachment,
    Picture,
    Post,
    Question,
    Source,
    TextFile,
    Turn,
    UnreadFile,
)
from bot.answering.hygiene import for_model
from bot.answering.retrieval.index import Hit
from bot.answering.retrieval.passages import PASSAGE_CHARACTERS, Passage
from bot.markdown.blocks import CODE

_TAG = re.compile(
    r"<(?=\s*/?\s*(?:passage|file|post|message|result|question|system|instruction))", re.IGNORECASE
)
"""The "<" of what would look like a part of the prompt: "</passage>", "< System>"."""
_CODE_OR_NUMBER = re.compile(rf"({CODE})|\[(\^?\d{{1,9}})\](?!\()", re.DOTALL)  # "`x`", "[^12]"
_CODE_OR_CITATION = re.compile(rf"({CODE})| ?\[\d{{1,3}}\]", re.DOTALL)  # "`x`", " [12]"
_UNFIT = re.compile(r"[\"<>\x00-\x1f\x7f\u2028\u2029]+")
"""What would end an attribute in quotes, or its line."""
_LONGEST_NAME = 300
_SUMMARISE = "Say in a few sentences what the files are about, and ask what to do with them."


class ChatMessage(TypedDict):
    role: Literal["system", "user", "assistant", "tool"]
    content: str | list[dict[str, Any]] | None
    tool_calls: NotRequired[list[dict[str, Any]]]
    tool_call_id: NotRequired[str]
    reasoning_content: NotRequired[str]


def instructions() -> str:
    return (Path(__file__).parents[1] / "instructions.md").read_text(encoding="utf-8")


def messages(system: str, question: Question, hits: Sequence[Hit]) -> list[ChatMessage]:
    """The instructions, the thread, and last the question with its numbered passages and files.

    What is the same for every question comes first, to the byte: providers cache what they read.
    """
    passages = "\n\n".join(numbered(number, hit) for number, hit in enumerate(hits, 1))
    files = "\n\n".join(_files(question, len(hits) + 1))
    parts = [f"<passages>\n{passages or 'No passage fits.'}\n</passages>"]
    parts += [f"<files>\n{files}\n</files>"] if files else []
    posts = "\n\n".join(map(_post, question.posts))
    parts += [f"<posts>\n{posts}\n</posts>"] if posts else []
    asks = f"Question from {_name(question.author)}" if question.author else "Question"
    text = "\n\n".join([*parts, f"{asks}: {for_model(question.text) or _SUMMARISE}"])
    return [
        {"role": "system", "content": system},
        *_turns(question.history),
        {"role": "user", "content": _with_pictures(text, question)},
    ]


def result(text: str) -> str:
    """The result of a tool as the model reads it: in a frame like passages, but not to be cited."""
    return f"<result>\n{_text(text)}\n</result>"


def numbered(number: int, hit: Hit) -> str:
    """A passage as the model reads it: with its number, its source and its date."""
    passage = hit.passage
    updated = f' updated="{_name(passage.updated)}"' if passage.updated else ""
    source = _name(str(passage.source))
    return (
        f'<passage number="{number}" source="{source}"{updated}>\n{_text(passage.text)}\n</passage>'
    )


def as_hits(files: Sequence[Attachment]) -> list[Hit]:
    """The files as hits, by their beginnings: their numbers follow those of the passages."""
    texts = [file for file in files if isinstance(file, TextFile)]
    return [
        Hit(
            Passage(
                Source(file.name, file.name, is_attachment=True), file.text[:PASSAGE_CHARACTERS]
            ),
            0.0,
        )
        for file in texts
    ]


def _turns(history: Sequence[Turn]) -> Iterator[ChatMessage]:
    """The thread without its old citations, whose numbers meant other passages."""
    for turn in history:
        text = turn.text
        if turn.role == "assistant":
            text = _CODE_OR_CITATION.sub(lambda match: match[1] or "", text)
        if text.strip():
            yield {"role": turn.role, "content": _attributed(for_model(text), turn.author)}


def _attributed(text: str, author: str) -> str:
    """A turn with its author, whom no text inside can change."""
    if not author:
        return text
    return f'<message author="{_name(author)}">\n{_TAG.sub("(", text)}\n</message>'


def _post(post: Post) -> str:
    return f'<post author="{_name(post.author)}">\n{_text(post.text)}\n</post>'


def _text(text: str) -> str:
    """A text that cannot close its frame in the prompt and has no numbers like citations."""
    text = _TAG.sub("(", for_model(text))
    return _CODE_OR_NUMBER.sub(lambda match: match[1] or f"({match[2]})", text)


def _name(text: str) -> str:
    """A title or a file's name, as it fits between quotes."""
    return _text(" ".join(_UNFIT.sub(" ", text).split()))[:_LONGEST_NAME]


def _files(question: Question, number: int) -> Iterator[str]:
    for file in question.files:
        name = _name(file.name)
        match file:
            case TextFile(_, text, left_out):
                note = f' left-out="{left_out}"' if left_out else ""
                yield f'<file number="{number}" name="{name}"{note}>\n{_text(text)}\n</file>'
                number += 1
            case Picture():
                yield f'<file name="{name}">One of the pictures.</file>'
            case UnreadFile(_, why):
                yield f'<file name="{name}">Could not be read: {why}.</file>'


def _with_pictures(text: str, question: Question) -> str | list[dict[str, Any]]:
    """The text with the pictures; without any, plain text, since some servers take nothing else."""
    pictures = [file for file in question.files if isinstance(file, Picture)]
    if not pictures:
        return text
    return [{"type": "text", "text": text}, *map(_image, pictures)]


def _image(picture: Picture) -> dict[str, Any]:
    data = b64encode(picture.data).decode()
    return {"type": "image_url", "image_url": {"url": f"data:{picture.mime};base64,{data}"}}
