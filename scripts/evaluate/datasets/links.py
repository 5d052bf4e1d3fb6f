"""Sections of documentation known by their links, as in Anthropic's cookbook on retrieval.

Its notebook divides precision by what was retrieved, which is always three, and looks for the
first right one among these.
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
    sections, asked = folder / "anthropic_docs.json", folder / "docs_evaluation_dataset.json"
    if not (sections.exists() and asked.exists()):
        return None
    return Dataset(
        folder.name,
        tuple(
            Passage(Source(one["chunk_heading"], one["chunk_link"]), one["text"])
            for one in json.loads(sections.read_text(encoding="utf-8"))
        ),
        tuple(
            Case(
                one["id"],
                Question(one["question"]),
                tuple(Expected(link) for link in dict.fromkeys(one["correct_chunks"])),
                answer=one["correct_answer"],
            )
            for one in json.loads(asked.read_text(encoding="utf-8"))
        ),
        _NOTE,
    )
