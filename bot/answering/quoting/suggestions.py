"""Suggests questions that the documents answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.events import Question, Source
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.query import query_of

_HITS = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question to offer. `title` is what its button says."""

    title: str
    question: str


def documents(index: Index) -> list[str]:
    """The titles of the documents, in the order of the index."""
    return [document.title for document in index.documents()]


def suggestions(index: Index, count: int, subject: str = "") -> list[Suggestion]:
    """At most `count` questions that the documents answer, on `subject` where it is in them.

    Without a subject, or where no document knows it, the longest documents come first.
    """
    about = [hit.passage.source for hit in index.search(query_of(Question(subject)), _HITS)]
    return _distinct([_on_part(source) for source in about] or _on_documents(index), count)


def _on_documents(index: Index) -> list[Suggestion]:
    questions = [_on_part(source) for source in index.sources() if _is_question(source)]
    longest = sorted(index.documents(), key=lambda document: -document.passages)
    return questions + [_about(document.title, document.title) for document in longest]


def _on_part(source: Source) -> Suggestion:
    """A heading that is a question as it stands, any other one with its document's title."""
    if _is_question(source):
        return Suggestion(source.path[-1], source.path[-1])
    return _about(source.path[-1], " \u203a ".join(dict.fromkeys((source.title, source.path[-1]))))


def _about(title: str, path: str) -> Suggestion:
    return Suggestion(title, f"What do the documents say about \u201c{path}\u201d?")


def _is_question(source: Source) -> bool:
    return source.path[-1].endswith("?")


def _distinct(candidates: Sequence[Suggestion], count: int) -> list[Suggestion]:
    return list({suggestion.question: suggestion for suggestion in candidates}.values())[:count]
