"""Answers without a model: quotes the sentences, list items or code that fit a question best."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.answering import quoting
from bot.answering.abstaining import NOT_FOUND, abstain, nearest
from bot.answering.attachments import remarks
from bot.answering.coverage import ANSWERED, covering, worth
from bot.answering.events import Answer, AnswerEvent, Question, Quoted, Text, TextFile, Used
from bot.answering.passages import split
from bot.answering.query import Query, query_of
from bot.answering.quoting import Quote
from bot.answering.retrieval import Hit, Index, sources_of
from bot.answering.words import has_words, terms

NAME = "extractive"
NO_MODEL = "No model is set up, so this comes straight from the documents."

_HEADING_SHARE, _LEAD_SHARE = 0.5, 0.4
"""What a term of the headings is worth to what stands below; and to the first after a heading."""
_ALSO_QUOTED, _ELSEWHERE = 0.8, 0.95
"""How good a further quote must be against the best: from the same passage, from another."""
_ON_TOPIC = 0.45
"""How much less good in a passage whose headings speak of all that is asked."""
_QUOTES, _CHARACTERS = 3, 600


@dataclass(frozen=True, slots=True)
class ExtractiveAnswerer:
    """Needs nothing but the index, so it also serves when a model fails."""

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
        dropped_in = Index.of(passage for file in files for passage in split(file.name, file.text))
        if query.words and (hits := covering(dropped_in, query, ANSWERED)):
            return _quote(dropped_in, query, hits)
        visible = self.index.visible_to(question.clearance)
        return _from_documents(visible, query, self.ask_instead)


def _from_documents(index: Index, query: Query, ask_instead: str) -> Iterator[AnswerEvent]:
    if not query.words:
        yield from _offer(index)
    elif hits := covering(index, query, ANSWERED):
        yield from _quote(index, query, hits)
    else:
        yield Text(NOT_FOUND)
        yield from abstain([], nearest(index, query), ask_instead)


def answer_without_words(question: Question) -> str | None:
    """What to say to a message that asks nothing, such as an emoji; None where it has words."""
    if has_words(question.text):
        return None
    names = [file.name for file in question.files if isinstance(file, TextFile)]
    places = ", ".join([*names, "the documents"])
    return f"Ask me a question in words, and I will look for the answer in {places}."


def _offer(index: Index) -> Iterator[AnswerEvent]:
    titles = list(dict.fromkeys(document.title for document in index.documents()))
    known = "\n".join(f"- {title}" for title in titles[:8])
    about = f" They are about:\n\n{known}" if titles else " There are none yet."
    yield Text(f"Ask me something, and I will look for it in the documents.{about}")


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: int
    place: int
    quote: Quote
    score: float
    on_topic: float


def _quote(index: Index, query: Query, hits: list[Hit]) -> Iterator[AnswerEvent]:
    candidates = sorted(_candidates(index, query, hits), key=lambda c: (-c.score, c.hit, c.place))
    chosen = _chosen(candidates)
    numbers = list(dict.fromkeys(candidate.hit for candidate in chosen))
    sources = sources_of(hits[number] for number in numbers)
    parts: list[str] = []
    for number in numbers:
        quotes = sorted((c for c in chosen if c.hit == number), key=lambda c: c.place)
        cited = sources.sources.index(hits[number].passage.source) + 1
        parts.append(quoting.render([c.quote for c in quotes], cited))
    yield Text("\n\n".join(parts))
    yield sources


def _candidates(index: Index, query: Query, hits: list[Hit]) -> Iterator[_Candidate]:
    asked = worth(index, query)
    for number, hit in enumerate(hits):
        standing = (hit.score / hits[0].score) ** 0.5
        language = hit.passage.language
        above = worth(index, query, set(terms(str(hit.passage.source), language)))
        nearest = worth(index, query, set(terms(hit.passage.source.path[-1], language)))
        for place, quote in enumerate(quoting.quotes(hit.passage.text)):
            value = worth(index, query, set(terms(quote.all, language))) + _HEADING_SHARE * above
            value += 0 if place else _LEAD_SHARE * nearest
            score = standing * value / (1.0 + len(quote.prose) / 1_000)
            yield _Candidate(number, place, quote, score, above / asked)


def _chosen(candidates: list[_Candidate]) -> list[_Candidate]:
    """The best, and the few others that are about as good; beside the best, less will do."""
    best = candidates[0]
    chosen = [best]
    room = _CHARACTERS - len(best.quote.prose)
    beside = _ALSO_QUOTED - _ON_TOPIC * best.on_topic
    for candidate in candidates[1:]:
        length = len(candidate.quote.prose)
        share = beside if candidate.hit == best.hit else _ELSEWHERE
        good = candidate.score >= share * best.score
        if good and length <= room and len(chosen) < _QUOTES:
            chosen.append(candidate)
            room -= length
    return chosen
