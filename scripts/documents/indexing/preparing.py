"""Splits a document into passages for the index: with its details, without its secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.answering.events import Source
from bot.answering.retrieval import scoring
from bot.answering.retrieval.passages import Passage, split
from bot.answering.retrieval.permissions import Audience
from scripts.documents.indexing import duplicates
from scripts.documents.indexing.duplicates import Sketch
from scripts.documents.reading import leaks
from scripts.documents.reading.leaks import Leak
from scripts.documents.reading.texts import Unreadable, markdown_of, text_of
from scripts.documents.sources import details
from scripts.documents.sources.details import Details, Malformed
from scripts.documents.sources.documents import DocumentFile

_WITH_FRONT_MATTER = (".md", ".txt", ".rst", ".html")
"""Kinds whose front matter counts; Jekyll's and Hugo's pages of HTML have one, too."""


@dataclass(frozen=True, slots=True)
class Task:
    """A document to prepare, the SHA-256 of its content, and the details from its folder's rules.

    `conversion` is the converter's result, for a document that it reads.
    """

    file: DocumentFile
    rules: Details
    digest: str = ""
    conversion: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """The passages of a document, or in `why` the clause that says why there are none."""

    passages: tuple[Passage, ...] = ()
    counts: tuple[Mapping[str, float], ...] = ()
    sketches: tuple[Sketch, ...] = ()
    leaks: tuple[Leak, ...] = ()
    why: str = ""

    def as_json(self) -> list[Any]:
        return [
            [_passage_json(passage) for passage in self.passages],
            self.counts,
            self.sketches,
            [[leak.kind, leak.line] for leak in self.leaks],
            self.why,
        ]

    @classmethod
    def from_json(cls, fields: Any) -> Self:
        passages, counts, sketches, leaks, why = fields
        return cls(
            tuple(map(_passage, passages)),
            tuple(counts),
            tuple(map(tuple, sketches)),
            tuple(Leak(*leak) for leak in leaks),
            why,
        )


def prepare(task: Task) -> PreparedDocument:
    """Do all that depends on nothing but the document."""
    try:
        return _prepare(task)
    except (Unreadable, Malformed) as error:
        return PreparedDocument(why=str(error))
    except OSError as error:
        return PreparedDocument(why=f"it cannot be read ({error.strerror})")


def prepare_all(tasks: Sequence[Task]) -> list[list[Any]]:
    """The prepared documents as JSON: quicker to send from another process than the objects."""
    return [prepare(task).as_json() for task in tasks]


def redacted(conversion: dict[str, str]) -> dict[str, Any]:
    """The converter's result without secrets; `leaks` are their kinds and lines."""
    if "why" in conversion:
        return dict(conversion)
    markdown, in_text = leaks.left_out(conversion["markdown"])
    title, in_title = leaks.left_out(conversion.get("title", ""))
    places = [[leak.kind, leak.line] for leak in (*in_title, *in_text)]
    return {**conversion, "markdown": markdown, "title": title, "leaks": places}


def _prepare(task: Task) -> PreparedDocument:
    file, conversion = task.file, task.conversion
    if conversion is None:
        text, secrets = leaks.left_out(text_of(file.path.read_bytes()))
        has_details = file.kind in _WITH_FRONT_MATTER
        front, body = details.of_markdown(text) if has_details else (details.NOTHING, text)
        title, markdown = file.title, markdown_of(body, file.kind)
    else:
        if "why" in conversion:
            raise Unreadable(conversion["why"])
        secrets = tuple(Leak(*leak) for leak in conversion["leaks"])
        front = Details(updated=conversion.get("updated", "")).under(_front_matter(file))
        title, markdown = file.title or conversion["title"], conversion["markdown"]
    merged = task.rules.under(front)
    passages = [_with_details(p, file, merged) for p in split(file.name, markdown, title)]
    if not passages:
        raise Unreadable("it holds nothing but headings")
    counts = tuple(map(scoring.weighted_counts, passages))
    return PreparedDocument(
        tuple(passages), counts, tuple(map(duplicates.sketch, passages)), secrets
    )


def _front_matter(file: DocumentFile) -> Details:
    """The front matter of a file that the converter reads. Raises `Malformed`, `Unreadable`."""
    if file.kind not in _WITH_FRONT_MATTER:
        return details.NOTHING
    return details.of_markdown(text_of(file.path.read_bytes()))[0]


def _with_details(passage: Passage, file: DocumentFile, merged: Details) -> Passage:
    source = passage.source
    return replace(
        passage,
        source=replace(source, title=merged.title or source.title, url=merged.url or file.url),
        updated=merged.updated or file.modified,
        contact=merged.contact,
        audience=merged.audience,
    )


def _passage_json(passage: Passage) -> list[Any]:
    source, audience = passage.source, passage.audience
    return [
        [source.title, source.file, source.headings, source.url],
        passage.text,
        passage.updated,
        passage.contact,
        [audience.channels, audience.groups, audience.public],
        passage.language,
    ]


def _passage(fields: Any) -> Passage:
    (title, file, headings, url), text, updated, contact, audience_fields, language = fields
    channels, groups, public = audience_fields
    source = Source(title, file, tuple(headings), url)
    audience = Audience(tuple(channels), tuple(groups), public)
    return Passage(source, text, updated, contact, audience, language)
