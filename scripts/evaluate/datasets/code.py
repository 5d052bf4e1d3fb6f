"""Reads source code split into chunks, as in Anthropic's cookbook on contextual embeddings."""

import json
from pathlib import Path

from bot.answering.events import Question, Source
from bot.answering.retrieval.passages import Passage
from scripts.evaluate.cases import Case, Expected
from scripts.evaluate.datasets.dataset import Dataset, json_lines

_NOTE = "Pass@k of the notebook that it is from is recall@k here."


def read(folder: Path) -> Dataset | None:
    chunks, queries = folder / "codebase_chunks.json", folder / "evaluation_set.jsonl"
    if not (chunks.exists() and queries.exists()):
        return None
    files = json.loads(chunks.read_text(encoding="utf-8"))
    return Dataset(
        folder.name,
        tuple(
            Passage(
                Source("", _id(file["original_uuid"], chunk["original_index"])), chunk["content"]
            )
            for file in files
            for chunk in file["chunks"]
        ),
        tuple(
            Case(
                str(number),
                Question(query["query"]),
                tuple(Expected(_id(*golden)) for golden in query["golden_chunk_uuids"]),
                answer=query.get("answer", ""),
            )
            for number, query in enumerate(json_lines(queries), 1)
        ),
        _NOTE,
    )


def _id(file: str, chunk: int) -> str:
    return f"{file}:{chunk}"
