"""`./stackbot eval` from its arguments to its exit status, figures, and report."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.answering.events import Question
from scripts.__main__ import main
from scripts.evaluate.bots import Reply
from scripts.evaluate.cases import Case
from scripts.evaluate.figures.measuring import Measured, measure
from scripts.evaluate.judging import Judge
from scripts.local.models import Model
from scripts.terminal.problem import Problem
from slack_simulator.scripted_model import ModelServer

DOCUMENTS = {
    "holidays.md": "# Holidays\n\n## Days a year\n\nEverybody has 30 days of holiday a year.\n",
    "deploying.md": "# Deploying\n\n## To staging\n\nTo deploy to staging, run `ship staging`.\n",
    "offices.md": "# Offices\n\n## Hamburg\n\nThe office in Hamburg has a lift.\n",
}
GOLDEN: list[dict[str, Any]] = [
    {
        "id": "days",
        "question": "How many days of holiday a year?",
        "sources": ["holidays.md#Days a year"],
        "points": ["30 days", "a year"],
        "answer": "Everybody has 30 days of holiday a year.",
    },
    {
        "id": "staging",
        "question": "How do I deploy to staging?",
        "sources": ["deploying.md#To staging"],
        "points": ["ship staging"],
    },
    {"id": "pasta", "question": "How do I cook <b>pasta</b>?", "not_answerable": True},
]

Eval = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A golden set beside its documents."""
    path = tmp_path / "company"
    path.mkdir()
    for name, text in DOCUMENTS.items():
        (path / name).write_text(text)
    write_golden(path, GOLDEN)
    return path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Eval:
    """Run it on the folder with a baseline and a report of its own: status and JSON."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"):
        monkeypatch.delenv(name, raising=False)

    def evaluate(*more: str) -> tuple[int, dict[str, Any]]:
        report = folder.parent / "report.html"
        paths = ["--against", str(folder / "kept.json"), "--report", str(report)]
        status = main(["eval", "--dataset", str(folder), "--json", *paths, *more])
        return status, json.loads(capsys.readouterr().out)

    return evaluate


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, run: Eval) -> Iterator[ModelServer]:  # noqa: ARG001
    """A model that the shell names, once `run` has forgotten the real one."""
    with ModelServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_MODEL", "scripted")
        yield server


def write_golden(folder: Path, golden: list[dict[str, Any]]) -> None:
    lines = "".join(json.dumps(entry) + "\n" for entry in golden)
    (folder / "golden.jsonl").write_text(lines)


def value(result: dict[str, Any], name: str) -> float:
    return float(result["figures"][name]["value"])


def test_quoting_is_measured_without_a_model(run: Eval) -> None:
    status, result = run()
    assert (status, result["model"], result["questions"]) == (0, "extractive", 3)
    assert value(result, "recall@3") == 1.0
    assert value(result, "mrr@3") == 1.0
    assert value(result, "citations valid") == 1.0
    assert value(result, "expected source cited") == 1.0
    assert (value(result, "answered"), value(result, "abstention recall")) == (1.0, 1.0)
    assert value(result, "token F1") > 0.9
    assert "correct" not in result["figures"], "nobody has judged"


def test_a_drop_against_the_baseline_fails_and_is_named(run: Eval, folder: Path) -> None:
    questions = [{**GOLDEN[number % 2], "id": f"q{number}"} for number in range(12)]
    write_golden(folder, questions)
    assert run("--update-baseline")[0] == 0
    assert run()[0] == 0
    (folder / "deploying.md").unlink()
    status, result = run()
    assert status == 1
    assert "recall@3" in result["drops"]
    assert run("--tolerance", "0.9")[0] == 0
    assert run("--update-baseline")[0] == 0
    assert run()[0] == 0


def test_one_question_of_many_is_no_drop(run: Eval, folder: Path) -> None:
    questions = [{**GOLDEN[bool(number)], "id": f"q{number}"} for number in range(12)]
    write_golden(folder, questions)
    assert run("--update-baseline")[0] == 0
    (folder / "holidays.md").unlink()
    status, result = run()
    assert value(result, "recall@3") < 0.95
    assert (status, result["drops"]) == (0, [])


def test_two_runs_are_compared(run: Eval, folder: Path) -> None:
    _, before = run()
    (folder / "before.json").write_text(json.dumps(before))
    (folder / "holidays.md").unlink()
    _, result = run("--compare", str(folder / "before.json"))
    (change,) = [entry for entry in result["compared"] if entry["name"] == "recall@20"]
    assert (change["before"], change["now"]) == (1.0, 0.5)
    assert change["difference"]["value"] == -0.5


def test_full_text_search_stands_beside(run: Eval) -> None:
    _, result = run("--baselines")
    assert [entry["name"] for entry in result["baselines"]] == ["FTS5", "FTS5 fused with trigrams"]
    for contest in result["baselines"]:
        assert contest["figures"]["recall@3"]["value"] == 1.0
        assert {entry["name"] for entry in contest["differences"]} >= {"recall@3", "mrr@20"}


def test_the_model_that_the_shell_names_answers_and_a_judge_judges(
    run: Eval, model: ModelServer
) -> None:
    model.will_say("30 days a year [1].")
    model.will_say_without_streaming('{"points": [true, false], "contradicts": false}')
    model.will_say("Run it [1] [9].")
    model.will_say_without_streaming('Sure! {"points": [true], "contradicts": false}')
    model.will_say("[0] The documents don't say.")
    status, result = run("--judge", "strict-judge", "--at-once", "1")
    assert (status, result["model"], result["unjudged"]) == (0, "scripted", {})
    assert value(result, "correct") == 0.5
    assert value(result, "points made") == pytest.approx(2 / 3)
    assert value(result, "abstention recall") == 1.0
    assert value(result, "citations valid") == 1.0, "the answering dropped the number that is none"
    judged = [r for r in model.requests if r["model"] == "strict-judge"]
    assert len(judged) == 2
    assert "30 days a year [1]." in judged[0]["messages"][1]["content"]
    assert judged[0]["response_format"]["type"] == "json_schema"


def test_a_judge_that_fails_is_told_and_fails_no_answer(run: Eval, model: ModelServer) -> None:
    model.will_say("30 days a year [1].")
    model.will_fail(400)  # of a server that knows no schemas
    model.will_say_without_streaming('{"points": [true, true]}')
    model.will_say("Run it [1].")
    model.will_say_without_streaming("I would rather not say.")
    model.will_say("[0] The documents don't say.")
    status, result = run("--judge", "judge", "--at-once", "1")
    assert status == 0
    assert result["unjudged"] == {"staging": "the judge said no verdict that can be read"}
    assert (value(result, "correct"), result["figures"]["correct"]["count"]) == (1.0, 1)


def test_the_search_alone_is_measured_by_meaning_too(run: Eval, model: ModelServer) -> None:
    _, words = run("--search-only")
    model.vector_of = lambda text: [1.0 if "holiday" in text.lower() else -1.0] * 64
    status, result = run("--search-only", "--embeddings", "meaning")
    assert (status, result["model"]) == (0, "")
    assert {request["model"] for request in model.requests} == {"meaning"}
    assert value(result, "recall@3") == value(words, "recall@3") == 1.0
    assert "answered" not in result["figures"]
    model.will_fail(401)
    status, result = run("--search-only", "--embeddings", "meaning")
    assert (status, list(result)) == (1, ["error"])


def test_a_question_that_fails_fails_alone(run: Eval, model: ModelServer) -> None:
    model.will_say("30 days a year [1].")
    model.will_fail(401)
    model.will_say("[0] The documents don't say.")
    status, result = run("--at-once", "1")
    assert status == 1
    assert list(result["failed"]) == ["staging"]
    assert "401" in result["failed"]["staging"]
    assert value(result, "answered") == 1.0


def test_a_judge_needs_a_server() -> None:
    with pytest.raises(Problem, match="OPENAI_BASE_URL"):
        Judge(Model.from_shell({}), "judge")


def test_leaving_waits_for_no_answer() -> None:
    """As Ctrl-C does: what was measured before it stays measured, and what is under way ends."""
    has_ended = threading.Event()

    class Slow:
        at_once = 2

        def ask(self, question: Question, answer: bool, stopped: Callable[[], bool]) -> Reply:  # noqa: ARG002
            if question.text == "slow":
                while not stopped():
                    time.sleep(0.01)
                has_ended.set()
            return Reply()

    cases = [Case(name, Question(name)) for name in ("quick", "slow")]
    asking = measure(cases, Slow(), None)
    first: Measured = next(asking)
    asking.close()
    assert (first.case.id, first.failure) == ("quick", "")
    assert has_ended.wait(20)


def test_the_report_needs_no_other_file_and_escapes_everything(run: Eval, folder: Path) -> None:
    golden = [*GOLDEN, {**GOLDEN[0], "id": "x", "question": "<script>alert(1)</script> days?"}]
    write_golden(folder, golden)
    (folder / "holidays.md").write_text(
        "# Holidays\n\n## Days a year\n\n30 days of holiday a year <img src=x onerror=alert(2)>.\n"
    )
    run("--baselines")
    page = (folder.parent / "report.html").read_text()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "<img" not in page
    assert re.findall(r'(?:src|href)="?https?:', page) == []
    assert "found as number 1" in page
    assert 'data-flags="fine"' in page


def test_the_report_tells_of_limited_documents_on_request_alone(run: Eval, folder: Path) -> None:
    limited = "---\ngroups: [S0HR]\n---\n# Bands\n\n## Band seven\n\nBand seven gets wordlimited.\n"
    (folder / "pay.md").write_text(limited)
    case = {"id": "pay", "question": "What does band seven get?", "sources": ["pay.md"]}
    points = {"points": ["It gets wordlimited"], "groups": ["S0HR"]}
    write_golden(folder, [*GOLDEN, {**case, **points}])
    run()
    page = folder.parent / "report.html"
    assert "What does band seven get?" in page.read_text()
    assert "wordlimited" not in page.read_text()
    assert "pay.md" not in page.read_text()
    run("--limited")
    assert page.read_text().count("wordlimited") >= 2
