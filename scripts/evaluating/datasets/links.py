"""Sections of documentation known by their links, as in Anthropic's cookbook on retrieval.

Its notebook retrieves three sections and counts: precision by what was retrieved, MRR among the
three, F1 of the two means. With three always found, that is precision@3, recall@3 and mrr@3 here.
"""

import json
from pathlib import Path

from bot.answering.events import Question, Source
from bot.answering.passages import Passage
from scripts.evaluating.cases import Case, Expected
from scripts.evaluating.datasets.dataset import Dataset


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
    )
