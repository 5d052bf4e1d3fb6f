"""Tells people when the documents don't answer: what comes nearest, and whom to ask.

The rules are in docs/decisions/0029.
"""

from collections.abc import Iterable, Iterator, Sequence

from bot.answering.events import Abstained, AnswerEvent, Question, Remark, Source
from bot.answering.quoting.term_overlap import ANSWERED, NEAR, covering
from bot.answering.retrieval.index import Hit, Index, sources_of
from bot.answering.retrieval.markdown import sentences
from bot.answering.retrieval.query import Query, query_of

NOT_FOUND = "I could not find an answer to that in the documents."
UNCITED = "No source is cited for this."

_MOST_SOURCES = 3
_LONGEST_QUESTION_BACK = 300


def abstain(
    cited_hits: Sequence[Hit], near: Iterable[Hit], ask_instead: str
) -> Iterator[AnswerEvent]:
    """Name the hits that were cited all the same, then the nearest others, and whom to ask.

    The contact is that of the nearest document which has one, else the environment's.
    """
    listed_hits = [*cited_hits]
    for hit in near:
        if len(_sources([*listed_hits, hit])) <= max(_MOST_SOURCES, len(_sources(cited_hits))):
            listed_hits.append(hit)
    yield Abstained(
        next((hit.passage.contact for hit in listed_hits if hit.passage.contact), ask_instead)
    )
    if listed_hits:
        yield sources_of(listed_hits)


def nearest(index: Index, query: Query) -> list[Hit]:
    return covering(index, query, NEAR)


def asks_back(text: str) -> bool:
    """Whether an answer is a short question back."""
    first = next(iter(sentences(text)), "").rstrip("*_\"')\u201d ")
    return first.endswith(("?", "\uff1f", "\u061f")) and len(text) <= _LONGEST_QUESTION_BACK


def unsourced(index: Index, question: Question, text: str) -> Iterator[Remark]:
    """A remark on an answer without citations, unless it is small talk, which needs none."""
    query = query_of(Question(question.text))
    asks = any(sign in question.text for sign in "?\uff1f\u061f")
    if not query.words or question.files or asks_back(text):
        return
    if asks or covering(index, query, ANSWERED):
        yield Remark(UNCITED)


def _sources(hits: Iterable[Hit]) -> set[Source]:
    return {hit.passage.source for hit in hits}
