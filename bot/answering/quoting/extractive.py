"""Answers without a model: quotes the sentences, list items or code that fit a question best."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.answering.attachments import remarks
from bot.answering.events import (
    Answer,
    AnswerEvent,
    Limited,
    Question,
    Quoted,
    Sources,
    Text,
    TextFile,
    Used,
)
from bot.answering.quoting import quote_format
from bot.answering.quoting.no_answer import NOT_FOUND, abstain, nearest
from bot.answering.quoting.sentence_selection import choose, contradicts
from bot.answering.quoting.term_overlap import ANSWERED, covering
from bot.answering.retrieval.index import Index, sources_of
from bot.answering.retrieval.passages import split
from bot.answering.retrieval.query import Query, query_of
from bot.answering.retrieval.words import has_words

NAME = "extractive"
NO_MODEL = "No model is set up, so this comes straight from the documents."


@dataclass(frozen=True, slots=True)
class ExtractiveAnswerer:
    """Answers from the index alone, so it also serves when a model fails."""

    index: Index
    because: str = NO_MODEL
    detail: str = ""
    ask_instead: str = ""

    def answer(self, question: Question, deadline: float) -> Answer:  # noqa: ARG002
        if reply := answer_without_words(question):
            yield Text(reply)
        else:
            yield Quoted(self.because, self.detail)
            yield from self._from_files_or_documents(question)
        yield from remarks(question.files, sees=False)
        yield Used(NAME)

    def warm_up(self) -> None:
        """Nothing here is slow."""

    def _from_files_or_documents(self, question: Question) -> Iterator[AnswerEvent]:
        query = query_of(question)
        files = [file for file in question.files if isinstance(file, TextFile)]
        if query.words and files:
            dropped_in = Index.of(part for file in files for part in split(file.name, file.text))
            if quoted := _quoted(dropped_in, query):
                return map(_of_attachments, quoted)
        visible = self.index.visible_to(question.readable)
        return _from_documents(visible, query, self.ask_instead)


def _of_attachments(event: AnswerEvent) -> AnswerEvent:
    """The event with its sources marked as attachments, which an index cannot know."""
    if not isinstance(event, Sources):
        return event
    return Sources(
        tuple(
            replace(citation, source=replace(citation.source, is_attachment=True))
            for citation in event.citations
        )
    )


def _from_documents(index: Index, query: Query, ask_instead: str) -> Iterator[AnswerEvent]:
    if not query.words:
        yield from _offer(index)
    elif quoted := _quoted(index, query):
        yield from quoted
    else:
        yield Text(NOT_FOUND)
        yield from abstain([], nearest(index, query), ask_instead)


def answer_without_words(question: Question) -> str | None:
    """The reply to a message without words, such as an emoji; None if it has words."""
    if has_words(question.text):
        return None
    names = [file.name for file in question.files if isinstance(file, TextFile)]
    places = ", ".join([*names, "the documents"])
    return f"Ask me a question in words, and I will look for the answer in {places}."


def _offer(index: Index) -> Iterator[AnswerEvent]:
    titles = list(dict.fromkeys(document.title for document in index.documents()))
    listing = "\n".join(f"- {title}" for title in titles[:8])
    about = f" They are about:\n\n{listing}" if titles else " There are none yet."
    yield Text(f"Ask me something, and I will look for it in the documents.{about}")


def _quoted(index: Index, query: Query) -> list[AnswerEvent]:
    """The events of an answer in quotes; empty if no passage answers or can be quoted."""
    hits = covering(index, query, ANSWERED)
    candidates = choose(index, query, hits)
    if not candidates:
        return []
    numbers = list(dict.fromkeys(candidate.hit for candidate in candidates))
    disputed = {c.hit for c in candidates for rival in candidates if contradicts(c, rival, hits)}
    sources = sources_of(hits[number] for number in numbers)
    parts: list[str] = []
    for number in numbers:
        source_number = sources.sources.index(hits[number].passage.source) + 1
        dated = hits[number].passage.updated if number in disputed else ""
        parts.append(
            quote_format.render(
                [c.quote for c in candidates if c.hit == number], source_number, dated
            )
        )
    limits = (
        [Limited()] if any(citation.audience.is_limited for citation in sources.citations) else []
    )
    return [*limits, Text("\n\n".join(parts)), sources]
