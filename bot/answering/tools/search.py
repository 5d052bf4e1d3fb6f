"""Searches the documents again: the words of a question are not always those of the answer."""

from collections.abc import Sequence

from bot.answering.events import Question
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.query import query_of
from bot.answering.tools.tool import Context, tool

_PASSAGES = 5


@tool(
    "Searching the documents",
    "Searched the documents",
    seconds=5,
    subject="query",
    for_outsiders=True,  # the index shows only what may be read beside their texts
)
def search_documents(context: Context, query: str) -> Sequence[Passage]:
    """Search the company's documents again. Use it where the passages don't answer the question.

    query: a few words that the document itself would use, other than those of the question
    """
    hits = context.index.search(query_of(Question(query)), _PASSAGES)
    return [hit.passage for hit in hits]
