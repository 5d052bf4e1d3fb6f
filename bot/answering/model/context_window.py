"""Keeps what a model reads within a number of tokens: each part has its share, so the sum holds.

A token is taken for three bytes of UTF-8, as no tokenizer fits all models or the Lambda. Against
those of GPT-4o and Llama 3 that is too many: by 60 % for English prose, 40 % for code and manuals,
20 to 50 % for German, French, Spanish and Japanese, twice for Russian; of single passages at most
15 % too few.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.answering.events import Attachment, Picture, Post, Question, TextFile, Turn, UnreadFile
from bot.answering.retrieval.index import Hit

Utterance = TypeVar("Utterance", Turn, Post)

BYTES = 3
_QUESTION, _PASSAGES = 1 / 4, 1 / 2
"""The most that these take of all there is room for."""
_FILES = 3 / 4
"""The most that files take of what these leave; the rest is for the thread."""
_THREAD = 4_000
_PICTURE = 1_000
"""Tokens: of earlier turns at the most, and of each picture."""
_MARGIN = 30
"""Tokens for what stands around each passage, file and turn."""
_SOURCE = 300
"""Characters that a passage's source takes at most; see bot/answering/model/prompt.py."""
_LEAST = 100
"""It is not worth beginning with fewer tokens of a file."""
_NO_ROOM = "too long to read beside the rest"


def tokens(text: str) -> int:
    """How many tokens a text may take, rather too many than too few."""
    return -(-len(text.encode()) // BYTES)


def fitted(question: Question, hits: Sequence[Hit], room: int) -> tuple[Question, list[Hit]]:
    """The question and the hits, cut to `room` tokens.

    What stays are the best passages, the last turns and the beginnings of the files.
    """
    text = _middle_out(question.text, int(room * _QUESTION))
    best_hits = best(hits, int(room * _PASSAGES))
    remaining = (
        room - tokens(text) - sum(_around(hit) + tokens(hit.passage.text) for hit in best_hits)
    )
    remaining -= _PICTURE * sum(isinstance(file, Picture) for file in question.files)
    files = _file_beginnings(question.files, int(remaining * _FILES))
    remaining -= sum(_size(file.text) for file in files if isinstance(file, TextFile))
    posts = _last(question.posts, min(remaining, _THREAD))
    remaining -= sum(_size(post.text) for post in posts)
    history = _last(question.history, min(remaining, _THREAD))
    return replace(question, text=text, files=files, posts=posts, history=history), best_hits


def best(hits: Sequence[Hit], room: int) -> list[Hit]:
    """Whole passages, the best first; of the very best at least the beginning."""
    fitting: list[Hit] = []
    for hit in hits:
        size = _around(hit) + tokens(hit.passage.text)
        if size > room and not fitting:
            beginning = cut(hit.passage.text, max(0, room - _around(hit)))
            return [replace(hit, passage=replace(hit.passage, text=beginning))]
        if size <= room:
            fitting.append(hit)
            room -= size
    return fitting


def _file_beginnings(files: Iterable[Attachment], room: int) -> tuple[Attachment, ...]:
    read: list[Attachment] = []
    for file in files:
        if not isinstance(file, TextFile):
            read.append(file)
            continue
        if room < _LEAST:
            read.append(UnreadFile(file.name, _NO_ROOM))
            continue
        text = cut(file.text, room - _MARGIN)
        short = f"what comes after its first {len(text):,} characters"
        read.append(file if text == file.text else TextFile(file.name, text, short))
        room -= _size(text)
    return tuple(read)


def _last(turns: Sequence[Utterance], room: int) -> tuple[Utterance, ...]:
    """The last turns that fit, each whole."""
    recent: list[Utterance] = []
    for turn in reversed(turns):
        room -= _size(turn.text)
        if room < 0:
            break
        recent.insert(0, turn)
    return tuple(recent)


def _middle_out(text: str, room: int) -> str:
    """The beginning and the end of a text: a question stands before or after what was pasted."""
    if tokens(text) <= room:
        return text
    half = (room - _MARGIN) // 2 * BYTES
    return f"{cut(text, half // BYTES)}\n[…]\n{text.encode()[-half:].decode(errors='ignore')}"


def cut(text: str, room: int) -> str:
    """The beginning of a text, in at most `room` tokens."""
    return text.encode()[: room * BYTES].decode(errors="ignore")


def _around(hit: Hit) -> int:
    """The tokens of what surrounds a passage in the prompt, such as its source."""
    return _size(str(hit.passage.source)[:_SOURCE])


def _size(text: str) -> int:
    return tokens(text) + _MARGIN
