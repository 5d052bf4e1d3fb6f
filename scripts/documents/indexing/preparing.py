"""Makes passages of one document: without its secrets, with its details, ready to be indexed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
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
from scripts.documents.sources.documents import Found

_WITH_FRONT_MATTER = (".md", ".txt", ".rst", ".html")
"""Where those who write it expect it to hold: Jekyll's and Hugo's pages of HTML have it, too."""


@dataclass(frozen=True, slots=True)
class Task:
    """A document, the hash of its content, and what its folder's rules say of it.

    `told` is what the converter has told, of a document that it reads.
    """

    found: Found
    rules: Details
    digest: str = ""
    told: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
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
    def from_json(cls, told: Any) -> Self:
        passages, counts, sketches, found, why = told
        return cls(
            tuple(map(_passage, passages)),
            tuple(counts),
            tuple(map(tuple, sketches)),
            tuple(Leak(*one) for one in found),
            why,
        )


def prepare(task: Task) -> Prepared:
    """Everything about one document that depends on nothing but the document."""
    try:
        return _prepare(task)
    except (Unreadable, Malformed) as error:
        return Prepared(why=str(error))
    except OSError as error:
        return Prepared(why=f"it cannot be read ({error.strerror})")


def prepare_all(tasks: Sequence[Task]) -> list[list[Any]]:
    """For another process, which hands back JSON: that is quicker than its objects."""
    return [prepare(task).as_json() for task in tasks]


def redacted(told: dict[str, str]) -> dict[str, Any]:
    """What the converter has told without its secrets, and where they stood."""
    if "why" in told:
        return dict(told)
    markdown, found = leaks.left_out(told["markdown"])
    title, in_title = leaks.left_out(told.get("title", ""))
    places = [[leak.kind, leak.line] for leak in (*in_title, *found)]
    return {**told, "markdown": markdown, "title": title, "leaks": places}


def _prepare(task: Task) -> Prepared:
    found = task.found
    if task.told is None:
        text, lost = leaks.left_out(text_of(Path(found.path).read_bytes()))
        own, body = details.of_markdown(text) if _has_details(found) else (details.NOTHING, text)
        title, markdown = found.title, markdown_of(body, found.kind)
    else:
        if "why" in task.told:
            raise Unreadable(task.told["why"])
        lost = tuple(Leak(*one) for one in task.told["leaks"])
        own = Details(updated=task.told.get("updated", "")).under(_above_page(found))
        title, markdown = found.title or task.told["title"], task.told["markdown"]
    known = task.rules.under(own)
    passages = [_detailed(one, found, known) for one in split(found.name, markdown, title)]
    if not passages:
        raise Unreadable("it holds nothing but headings")
    counts = tuple(map(scoring.weighted_counts, passages))
    return Prepared(tuple(passages), counts, tuple(map(duplicates.sketch, passages)), lost)


def _above_page(found: Found) -> Details:
    """The front matter of what the converter reads. Raises `Malformed`, `Unreadable`."""
    if not _has_details(found):
        return details.NOTHING
    return details.of_markdown(text_of(Path(found.path).read_bytes()))[0]


def _has_details(found: Found) -> bool:
    return found.kind in _WITH_FRONT_MATTER


def _detailed(passage: Passage, found: Found, known: Details) -> Passage:
    source = passage.source
    return replace(
        passage,
        source=replace(source, title=known.title or source.title, url=known.url or found.url),
        updated=known.updated or found.modified,
        contact=known.contact,
        audience=known.audience,
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


def _passage(told: Any) -> Passage:
    (title, file, headings, url), text, updated, contact, (channels, groups, public), language = (
        told
    )
    source = Source(title, file, tuple(headings), url)
    audience = Audience(tuple(channels), tuple(groups), public)
    return Passage(source, text, updated, contact, audience, language)
