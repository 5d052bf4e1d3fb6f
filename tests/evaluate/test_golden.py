"""StackBot's own golden set: well formed, about documents that exist, and answered no worse."""

from pathlib import Path

import pytest

from bot.answering.retrieval.passages import Passage
from scripts.__main__ import main
from scripts.documents import knowledge
from scripts.evaluate import cases
from scripts.evaluate.cases import Case
from scripts.evaluate.command import GOLDEN
from scripts.terminal.problem import Problem


@pytest.fixture(scope="module")
def golden() -> list[Case]:
    return cases.read(GOLDEN)


@pytest.fixture(scope="module")
def guide() -> list[Passage]:
    return knowledge.passages()


def test_there_are_enough_questions_and_a_fifth_cannot_be_answered(golden: list[Case]) -> None:
    assert len(golden) >= 60
    assert sum(not case.answerable for case in golden) >= len(golden) / 5
    assert sum(bool(case.question.history) for case in golden) >= 3
    assert sum(len(case.expected) > 1 for case in golden) >= 3


def test_every_expected_source_is_in_the_guide(golden: list[Case], guide: list[Passage]) -> None:
    missing = [
        f"{case.id}: {expected}"
        for case in golden
        for expected in case.expected
        if not any(expected.fits(passage.source) for passage in guide)
    ]
    assert missing == []


def test_every_answerable_question_says_what_a_right_answer_says(golden: list[Case]) -> None:
    assert [case.id for case in golden if case.answerable and not case.points] == []


def test_the_guide_is_found_and_quoted_no_worse_than_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it is worse on purpose: ./stackbot eval --update-baseline."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    status = main(["eval", "--report", str(tmp_path / "report.html")])
    assert status == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"id": "a", "question": "What?"}', "not_answerable"),
        (
            '{"id": "a", "question": "What?", "sources": ["a.md"], "not_answerable": true}',
            "expects",
        ),
        ('{"id": "a", "question": " ", "sources": ["a.md"]}', "a text is expected"),
        ('{"id": "a", "sources": ["a.md"]}', "'question' is missing"),
        ('{"id": "a", "question": "What?", "source": ["a.md"]}', "unknown 'source'"),
        ("nonsense", "line 2"),
        ('["a list"]', "line 2"),
        ('{"id": "first", "question": "What?", "sources": ["a.md"]}', "there already"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, wrong: str) -> None:
    path = tmp_path / "golden.jsonl"
    path.write_text(f'{{"id": "first", "question": "Q?", "sources": ["a.md#B"]}}\n{line}\n')
    with pytest.raises(Problem, match=r"golden\.jsonl, line 2") as raised:
        cases.read(path)
    assert wrong in str(raised.value)
