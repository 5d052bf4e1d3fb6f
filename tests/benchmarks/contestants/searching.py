"""One search engine in a process of its own: what it takes to load, and to search each question.

    searching.py KIND PATH < questions.json

Questions are lists of words with nothing in them that stop words would be. All engines stem, weigh
headings three times, take any of the words, and fetch the texts of the best passages.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

Search = Callable[[list[str]], int]
"""Searches for words; says how many passages it found."""

BEST = 6
"""How many passages the answerer asks for."""


def ours(path: str) -> Search:
    from bot.answering.events import Question
    from bot.answering.retrieval.index import Index
    from bot.answering.retrieval.query import query_of

    index = Index.open(Path(path))
    return lambda words: len(index.search(query_of(Question(" ".join(words))), BEST))


def hybrid(path: str) -> Search:
    """With a vector for each question at hand: the endpoint's own time is another matter."""
    import hashlib

    from bot.answering.events import Question
    from bot.answering.model.embeddings import Embeddings, EmbeddingSettings
    from bot.answering.retrieval.index import Index
    from bot.answering.retrieval.query import query_of

    class AtHand(Embeddings):
        def of_question(self, text: str) -> bytes:
            return hashlib.shake_128(text.encode()).digest(index.tables.vectors.width)

    index = Index.open(Path(path))
    index = index.with_embeddings(AtHand(EmbeddingSettings(index.embedding_model), print))
    _ = index.tables.vectors
    return lambda words: len(index.search(query_of(Question(" ".join(words))), BEST))


def fts5(path: str) -> Search:
    import sqlite3

    connection = sqlite3.connect(path)
    query = (
        "SELECT headings, text FROM passages WHERE passages MATCH ?"
        " ORDER BY bm25(passages, 3.0, 1.0) LIMIT ?"
    )
    return lambda words: len(connection.execute(query, (" OR ".join(words), BEST)).fetchall())


def tantivy(path: str) -> Search:
    import tantivy as library  # type: ignore[import-not-found]

    index = library.Index.open(path)
    searcher = index.searcher()
    fields, boosts = ["headings", "text"], {"headings": 3.0}

    def search(words: list[str]) -> int:
        query = index.parse_query(" ".join(words), fields, field_boosts=boosts)
        hits = searcher.search(query, BEST).hits
        return len([searcher.doc(address)["text"] for _, address in hits])

    return search


def write_tantivy(path: str) -> None:
    """Make its index of the passages on stdin, a JSON list of headings and text each line."""
    import tantivy as library

    schema = library.SchemaBuilder()
    for field in ("headings", "text"):
        schema.add_text_field(field, stored=True, tokenizer_name="en_stem")
    index = library.Index(schema.build(), path)
    writer = index.writer(heap_size=100_000_000, num_threads=1)
    for line in sys.stdin:
        headings, text = json.loads(line)
        writer.add_document(library.Document(headings=headings, text=text))
    writer.commit()
    writer.wait_merging_threads()


def main(kind: str, path: str) -> None:
    if kind == "write-tantivy":
        write_tantivy(path)
        return
    questions = json.load(sys.stdin)
    started = time.perf_counter()
    search = {"ours": ours, "hybrid": hybrid, "fts5": fts5, "tantivy": tantivy}[kind](path)
    search(questions[0])
    load = time.perf_counter() - started
    seconds, hits = [], 0
    for words in questions:
        before = time.perf_counter()
        hits += search(words)
        seconds.append(time.perf_counter() - before)
    json.dump({"load": load, "seconds": seconds, "found": hits}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
