"""Reads sections of documentation with their links, as in Anthropic's cookbook on retrieval.

Its notebook retrieves three sections, and counts precision and MRR over these three.
"""

import json
from pathlib import Path

from bot.answering.events import Question, Source
from bot.answering.retrieval.passages import Passage
from scripts.evaluate.cases import Case, Expected
from scripts.evaluate.datasets.dataset import Dataset

_NOTE = (
    "The notebook that it is from retrieves 3: its precision, recall and MRR are precision@3,"
    " recall@3 and mrr@3 here, its F1 is that of the two means."
)


def read(folder: Path) -> Dataset | None:
    sections, questions = folder / "anthropic_docs.json", folder / "docs_evaluation_dataset.json"
    if not (sections.exists() and questions.exists()):
        return None
    return Dataset(
        folder.name,
        tuple(
            Passage(Source(section["chunk_heading"], section["chunk_link"]), section["text"])
            for section in json.loads(sections.read_text(encoding="utf-8"))
        ),
        tuple(
            Case(
                entry["id"],
                Question(entry["question"]),
                tuple(Expected(link) for link in dict.fromkeys(entry["correct_chunks"])),
                answer=entry["correct_answer"],
            )
            for entry in json.loads(questions.read_text(encoding="utf-8"))
        ),
        _NOTE,
    )
