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

Said = TypeVar("Said", Turn, Post)

BYTES = 3
_QUESTION, _PASSAGES = 1 / 4, 1 / 2
"""The most that these take of all there is room for."""
_FILES = 3 / 4
"""The most that files take of what these leave; the rest is for the thread."""
_THREAD = 4_000
_PICTURE = 1_000
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
    """As much of it as there is room for: the best passages, the last turns, how files begin."""
    text = _middle_out(question.text, int(room * _QUESTION))
    kept = best(hits, int(room * _PASSAGES))
    left = room - tokens(text) - sum(_around(hit) + tokens(hit.passage.text) for hit in kept)
    left -= _PICTURE * sum(isinstance(file, Picture) for file in question.files)
    files = _begun(question.files, int(left * _FILES))
    left -= sum(_size(file.text) for file in files if isinstance(file, TextFile))
    posts = _last(question.posts, min(left, _THREAD))
    left -= sum(_size(post.text) for post in posts)
    history = _last(question.history, min(left, _THREAD))
    return replace(question, text=text, files=files, posts=posts, history=history), kept


def best(hits: Sequence[Hit], room: int) -> list[Hit]:
    """Whole passages, best first; the very best in any case, if only its beginning."""
    kept: list[Hit] = []
    for hit in hits:
        size = _around(hit) + tokens(hit.passage.text)
        if size > room and not kept:
            begun = cut(hit.passage.text, max(0, room - _around(hit)))
            return [replace(hit, passage=replace(hit.passage, text=begun))]
        if size <= room:
            kept.append(hit)
            room -= size
    return kept


def _begun(files: Iterable[Attachment], room: int) -> tuple[Attachment, ...]:
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


def _last(turns: Sequence[Said], room: int) -> tuple[Said, ...]:
    """Whole turns: the oldest go first."""
    kept: list[Said] = []
    for turn in reversed(turns):
        room -= _size(turn.text)
        if room < 0:
            break
        kept.insert(0, turn)
    return tuple(kept)


def _middle_out(text: str, room: int) -> str:
    """How a text begins and ends: a question stands before or after what was pasted."""
    if tokens(text) <= room:
        return text
    half = (room - _MARGIN) // 2 * BYTES
    return f"{cut(text, half // BYTES)}\n[…]\n{text.encode()[-half:].decode(errors='ignore')}"


def cut(text: str, room: int) -> str:
    """How a text begins, in so many tokens."""
    return text.encode()[: room * BYTES].decode(errors="ignore")


def _around(hit: Hit) -> int:
    """The tokens of what stands around a passage: among it is where it is from."""
    return _size(str(hit.passage.source)[:_SOURCE])


def _size(text: str) -> int:
    return tokens(text) + _MARGIN
