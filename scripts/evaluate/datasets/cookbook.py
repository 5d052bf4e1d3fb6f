"""Reads the two benchmarks of Anthropic's cookbook: documentation, and source code in chunks.

See https://github.com/anthropics/anthropic-cookbook. The notebook on documentation retrieves three
sections, and counts precision and MRR over these.
"""

import json
from pathlib import Path

from bot.answering.events import Question, Source
from bot.answering.retrieval.passages import Passage
from scripts.evaluate.cases import Case, Expected
from scripts.evaluate.datasets.dataset import Dataset, json_lines

_DOCUMENTATION_NOTE = (
    "The notebook that it is from retrieves 3: its precision, recall and MRR are precision@3,"
    " recall@3 and mrr@3 here, its F1 is that of the two means."
)
_CODE_NOTE = "Pass@k of the notebook that it is from is recall@k here."


def read_documentation(folder: Path) -> Dataset | None:
    """Sections known by their links."""
    sections, questions = folder / "anthropic_docs.json", folder / "docs_evaluation_dataset.json"
    if not (sections.exists() and questions.exists()):
        return None
    passages = tuple(
        Passage(Source(section["chunk_heading"], section["chunk_link"]), section["text"])
        for section in json.loads(sections.read_text(encoding="utf-8"))
    )
    cases = tuple(
        Case(
            entry["id"],
            Question(entry["question"]),
            tuple(Expected(link) for link in dict.fromkeys(entry["correct_chunks"])),
            answer=entry["correct_answer"],
        )
        for entry in json.loads(questions.read_text(encoding="utf-8"))
    )
    return Dataset(folder.name, passages, cases, _DOCUMENTATION_NOTE)


def read_code(folder: Path) -> Dataset | None:
    """Chunks known by their file's id and their number in it."""
    chunks, queries = folder / "codebase_chunks.json", folder / "evaluation_set.jsonl"
    if not (chunks.exists() and queries.exists()):
        return None
    passages = tuple(
        Passage(Source("", f"{file['original_uuid']}:{chunk['original_index']}"), chunk["content"])
        for file in json.loads(chunks.read_text(encoding="utf-8"))
        for chunk in file["chunks"]
    )
    cases = tuple(
        Case(
            str(number),
            Question(query["query"]),
            tuple(Expected(f"{file}:{chunk}") for file, chunk in query["golden_chunk_uuids"]),
            answer=query.get("answer", ""),
        )
        for number, query in enumerate(json_lines(queries), 1)
    )
    return Dataset(folder.name, passages, cases, _CODE_NOTE)
