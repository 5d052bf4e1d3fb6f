"""Benchmarks are read in the forms in which they are published; here, of made-up data."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bot.answering.events import Turn
from scripts.evaluate import datasets
from scripts.terminal.problem import Problem


def lines(path: Path, *objects: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(entry) + "\n" for entry in objects), encoding="utf-8")


def test_sections_known_by_their_links_are_read(tmp_path: Path) -> None:
    link = "https://docs.example/cakes#baking"
    sections = [{"chunk_link": link, "chunk_heading": "Baking", "text": "Bake it."}]
    questions = [
        {"id": "q1", "question": "How?", "correct_chunks": [link, link], "correct_answer": "Hot."}
    ]
    (tmp_path / "anthropic_docs.json").write_text(json.dumps(sections))
    (tmp_path / "docs_evaluation_dataset.json").write_text(json.dumps(questions))
    dataset = datasets.read(tmp_path)
    (passage,), (case,) = dataset.passages, dataset.cases
    assert (str(passage.source), passage.source.file) == ("Baking", link)
    assert [str(entry) for entry in case.expected] == [link], "named twice, expected once"
    assert case.expected[0].fits(passage.source)
    assert case.answer == "Hot."


def test_chunks_of_code_are_read(tmp_path: Path) -> None:
    chunks = [
        {"chunk_id": "d_0", "original_index": 0, "content": "fn one() {}"},
        {"chunk_id": "d_1", "original_index": 1, "content": "fn two() {}"},
    ]
    files = [{"doc_id": "d", "original_uuid": "ab12", "content": "", "chunks": chunks}]
    (tmp_path / "codebase_chunks.json").write_text(json.dumps(files))
    questions = {
        "query": "What is two?",
        "answer": "A function",
        "golden_chunk_uuids": [["ab12", 1]],
    }
    lines(tmp_path / "evaluation_set.jsonl", questions)
    dataset = datasets.read(tmp_path)
    (case,) = dataset.cases
    fitting = [p.text for p in dataset.passages if case.expected[0].fits(p.source)]
    assert fitting == ["fn two() {}"]


def beir(folder: Path, query: str) -> None:
    lines(
        folder / "corpus.jsonl",
        {"_id": "p1", "title": "Cakes", "text": "Bake it."},
        {"_id": "p2", "title": "", "text": "Eat it."},
    )
    lines(folder / "queries.jsonl", {"_id": "q1", "text": query}, {"_id": "q2", "text": "Unjudged"})
    (folder / "qrels").mkdir()
    rows = ["query-id\tcorpus-id\tscore", "q1\tp2\t2", "q1\tp1\t0"]
    (folder / "qrels" / "test.tsv").write_text("\n".join(rows) + "\n")
    (folder / "qrels" / "dev.tsv").write_text(rows[0] + "\nq2\tp1\t1\n")


def test_the_form_of_beir_is_read_with_its_degrees(tmp_path: Path) -> None:
    beir(tmp_path, "What to do with cake?")
    dataset = datasets.read(tmp_path)
    (case,) = dataset.cases
    assert case.question.text == "What to do with cake?"
    assert [(entry.file, entry.gain) for entry in case.expected] == [("p2", 2.0)]
    assert [str(passage.source) for passage in dataset.passages] == ["Cakes", ""]


def test_zipped_passages_are_read(tmp_path: Path) -> None:
    beir(tmp_path, "What?")
    with zipfile.ZipFile(tmp_path / "corpus.jsonl.zip", "w") as archive:
        archive.write(tmp_path / "corpus.jsonl", "cloud.jsonl")
    (tmp_path / "corpus.jsonl").unlink()
    assert len(datasets.read(tmp_path).passages) == 2


def test_of_a_conversation_the_last_turn_is_the_question(tmp_path: Path) -> None:
    beir(tmp_path, "|user|: Is there cake?\n|user|: Which one?\nThe big one? ")
    (case,) = datasets.read(tmp_path).cases
    assert case.question.text == "Which one?\nThe big one?"
    assert case.question.history == (Turn("user", "Is there cake?"),)


def test_a_golden_set_beside_its_documents_is_read(tmp_path: Path) -> None:
    (tmp_path / "cakes.md").write_text("# Cakes\n\n## Baking\n\nBake it.\n")
    lines(
        tmp_path / "golden.jsonl", {"id": "1", "question": "How?", "sources": ["cakes.md#Baking"]}
    )
    dataset = datasets.read(tmp_path)
    assert dataset.cases[0].expected[0].fits(dataset.passages[0].source)


def test_a_folder_without_a_benchmark_is_told_what_is_one(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"corpus\.jsonl"):
        datasets.read(tmp_path)


def test_a_damaged_benchmark_is_a_sentence(tmp_path: Path) -> None:
    beir(tmp_path, "What?")
    (tmp_path / "corpus.jsonl").write_text('{"_id": "p1"}\n')
    with pytest.raises(Problem, match="cannot be read: KeyError"):
        datasets.read(tmp_path)
