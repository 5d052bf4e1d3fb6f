"""The types that answerers share with the rest of the bot: the question and the answer's events."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Literal, Protocol

from bot.answering.retrieval.permissions import EVERYONE, NO_PERMISSIONS, Audience, Permissions


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation. `author` is the name of whoever wrote it."""

    role: Literal["user", "assistant"]
    text: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A text of the conversation to answer from: another app's post, a forwarded message."""

    author: str
    text: str


@dataclass(frozen=True, slots=True)
class TextFile:
    """The text of a file that came with the question; `left_out` says what of it is missing."""

    name: str
    text: str
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that came with the question, for a model that sees."""

    name: str
    mime: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file that could not be read. `why` is for people: "I could not read NAME: WHY."."""

    name: str
    why: str


Attachment = TextFile | Picture | UnreadFile


@dataclass(frozen=True, slots=True)
class Question:
    """What a person wants to know, with the thread before it, oldest turn first.

    `asker` is an opaque hash of the person: a provider may use it to spot abuse. `without_model`
    is one sentence for people why only the documents may answer; empty where the model may.
    `clearance` limits which documents it may be answered from. `now` tells what time it is where
    the person is; it may have to ask for that first. `author` is the person's name. With `outside`
    some of the texts are of people from outside, who may want to steer the model.
    """

    text: str
    history: tuple[Turn, ...] = ()
    asker: str = ""
    files: tuple[Attachment, ...] = ()
    without_model: str = ""
    permissions: Permissions = NO_PERMISSIONS
    author: str = ""
    posts: tuple[Post, ...] = ()
    outside: bool = False
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC), compare=False)

    @property
    def readable(self) -> Permissions:
        """Which documents may stand beside its texts: only public ones beside outsiders' texts."""
        return replace(self.permissions, outsiders=True) if self.outside else self.permissions


@dataclass(frozen=True, slots=True)
class Source:
    """Where a passage comes from: the document, its file, and the headings down to the passage.

    `url` is where people can open the document; empty where they can't. With `is_attachment` it is
    no document but a file of the conversation, which may have a document's name.
    """

    title: str
    file: str
    headings: tuple[str, ...] = ()
    url: str = ""
    is_attachment: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        return (self.title, *self.headings)

    def __str__(self) -> str:
        return " \u203a ".join(self.path)


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the answer, as Markdown. `[2]` in it means the second of the sources."""

    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A source that an answer cites: what stands there, of when (an ISO date), and for whom.

    `passages` are the digests of the passages that the text is made of.
    """

    source: Source
    text: str
    updated: str = ""
    audience: Audience = EVERYONE
    passages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources that the text cites: `[1]` is the first. Comes once, after the text."""

    citations: tuple[Citation, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(citation.source for citation in self.citations)


@dataclass(frozen=True, slots=True)
class Abstained:
    """The documents don't answer this. Comes before the sources, which then are only the nearest.

    `contact` is whom or where to ask instead, in the words of those who wrote it: the documents'
    owners, or whoever set up the environment. Empty where nobody is named.
    """

    contact: str = ""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The text so far is void: what follows replaces it. `reason` is for logs, not for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class Limited:
    """What follows may contain what is not for everyone, cited or not.

    Whoever stores the answer has to limit its readers.
    """


@dataclass(frozen=True, slots=True)
class Quoted:
    """What follows is quoted from the documents; no model wrote it. Comes before the text.

    `because` is one sentence for people, `detail` is for logs only.
    """

    because: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence for people below the answer, such as a file that could not be read."""

    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """A call of a tool: one event when it begins, and another with the same `id` when it ends.

    `title` and `subject` are for people: "Searching the documents", "holidays in Lund".
    """

    id: str
    title: str
    subject: str = ""
    state: Literal["running", "done", "failed"] = "running"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A failure that the answer goes on without; for logs only.

    `kind` is the name of the log event, `why` its reason. Neither repeats anything of the question
    or of the documents.
    """

    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class ModelRequestStarted:
    """A model has begun to read about `read` bytes of prompt, which cost even if it fails."""

    read: int


@dataclass(frozen=True, slots=True)
class TokensCounted:
    """The tokens that a server counted for the last request; 0 where it counts none."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing came for a second: a chance to check whether the person has pressed stop."""


@dataclass(frozen=True, slots=True)
class Used:
    """The last event of every answer: who wrote it, and the tokens it took (0 where unknown)."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0


AnswerEvent = (
    Text
    | Abstained
    | Sources
    | Rewrite
    | Limited
    | Quoted
    | Remark
    | Task
    | Trouble
    | ModelRequestStarted
    | TokensCounted
    | Waiting
    | Used
)

Answer = Generator[AnswerEvent, None, None]
"""The events of one answer. Closing it stops the model at once."""


class Answerer(Protocol):
    def answer(self, question: Question, deadline: float) -> Answer:
        """Answer; a model is cut off when `time.monotonic()` reaches `deadline`.

        Closing the iterator stops the model at once.
        """

    def warm_up(self) -> None:
        """Do slow work that needs no question, such as imports; may run in another thread."""
