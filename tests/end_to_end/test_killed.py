"""`./stackbot local`, killed: the next one ends what it left, and no file gave its key away."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from scripts.local import leftovers
from scripts.local.leftovers import ProcessId, end_leftovers
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.running import ROOT, Local, running

KEY = "sk-not-a-real-key-77aa"
STACK: list[str | Path] = [ROOT / "stackbot", "local", "--port", "0"]


def test_the_next_start_ends_what_a_killed_one_left(
    tmp_path: Path, model_server: ModelServer
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    shell = {"OPENAI_BASE_URL": model_server.url, "OPENAI_MODEL": "scripted"}
    with running(STACK, first, ROOT, OPENAI_API_KEY=KEY, **shell) as killed:
        assert killed.url
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        assert _readable_by_others(killed) == []
        commands = " ".join(process.command for process in killed.processes_left(0))
        assert "scripts.local.emulator_server" in commands
        assert killed.files_left()
        with running(STACK, second) as following:
            following.wait_for("✓ AWS emulator")
            assert killed.processes_left() == []
            assert killed.files_left() == []
            assert following.terminate() == 130
    assert not _records_of(killed.pid)


def test_what_a_start_had_begun_when_it_was_killed_is_ended_too(tmp_path: Path) -> None:
    with running(STACK, tmp_path) as killed:
        killed.wait_for("✓ CDK bootstrap")
        killed.wait_for_process("/cdk deploy")
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        end_leftovers()
        assert killed.processes_left() == []
        assert killed.files_left() == []


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(leftovers, "RECORDS", tmp_path / "run")
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def test_a_process_that_was_given_the_id_of_another_is_left_alone(records: Path) -> None:
    other = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        record = {"owner": {"pid": 1, "started": "long ago"}, "folder": None}
        reused = {"pid": other.pid, "started": "long ago"}
        (records / "1.record").write_text(json.dumps({**record, "process": reused}))
        end_leftovers()
        assert other.poll() is None
        own = {"pid": other.pid, "started": ProcessId.of(other.pid).started}
        (records / "2.record").write_text(json.dumps({**record, "process": own}))
        end_leftovers()
        assert other.wait(5) == -signal.SIGKILL
        assert list(records.iterdir()) == []
    finally:
        other.kill()
        other.wait()


def test_what_runs_is_left_alone_and_so_are_other_folders(records: Path, tmp_path: Path) -> None:
    ours, others = tmp_path / "stackbot-1", tmp_path / "documents"
    ours.mkdir()
    others.mkdir()
    with leftovers.recorded(ours):
        (record,) = records.iterdir()
        assert record.stat().st_mode & 0o777 == 0o600
        end_leftovers()
        assert ours.exists()
        gone = {"owner": {"pid": 1, "started": "long ago"}, "process": None}
        for name, folder in (("1", ours), ("2", others)):
            (records / f"{name}.record").write_text(json.dumps({**gone, "folder": str(folder)}))
        end_leftovers()
    assert (ours.exists(), others.exists()) == (False, True)


def _readable_by_others(killed: Local) -> list[str]:
    """The files with the key in them that another user of the machine could open."""
    folders = [*killed.files_left(), ROOT / ".stackbot" / "run"]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    assert files
    return [str(file) for file in files if KEY.encode() in file.read_bytes() and _is_open(file)]


def _is_open(file: Path) -> bool:
    way = [folder for folder in file.parents if folder.name.startswith("stackbot-")]
    return all(part.stat().st_mode & 0o077 for part in (file, *way))


def _records_of(pid: int) -> list[Path]:
    return list(leftovers.RECORDS.glob(f"{pid}-*.record"))
