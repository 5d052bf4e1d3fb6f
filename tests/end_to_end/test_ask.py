"""`./stackbot local --ask`, as a newcomer types it."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_one_question_is_answered_from_the_documents_with_its_source() -> None:
    done = _ask("How do I deploy to staging?", "--json")
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert "stackbot deploy staging" in outcome["answer"]
    assert any("Deploying" in source for source in outcome["sources"])
    moments = outcome["timeline"]
    assert list(moments) == ["event_sent", "acked", "worker_started", "first_text", "finished"]
    assert all(at is not None for at in moments.values())
    assert moments["first_text"] <= moments["finished"]
    assert outcome["message_id"]
    assert all(outcome["request_ids"].values())
    assert len(set(outcome["builds"].values())) == 1


def test_json_without_a_question_says_what_is_missing() -> None:
    done = _ask(None, "--json")
    assert done.returncode != 0
    assert done.stderr.strip() == '--json goes with --ask "…".'
    assert json.loads(done.stdout) == {"error": '--json goes with --ask "…".'}


def test_a_malformed_model_url_is_named_at_the_start() -> None:
    done = _ask("Hello?", OPENAI_BASE_URL="localhost:11434")
    assert done.returncode == 1
    assert "OPENAI_BASE_URL must be a URL such as http" in done.stderr
    assert done.stdout == ""


def _ask(question: str | None, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    shell = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    asked = [f"--ask={question}"] if question else []
    return subprocess.run(
        [ROOT / "stackbot", "local", *asked, *options],
        env=shell | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )
