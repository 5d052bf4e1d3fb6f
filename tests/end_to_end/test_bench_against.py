"""`./stackbot bench --against`, with a benchmark whose figures no clock gives."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from infra import bundle

ROOT = bundle.ROOT
SIZE = [sys.executable, "-P", "-m", "scripts", "bench", "size", "--against", "HEAD"]
ENV = {"PYTHONPATH": str(ROOT), "PATH": "/usr/local/bin:/usr/bin:/bin"}


def folders_of(process: "subprocess.Popen[str]") -> list[Path]:
    return list((ROOT / ".stackbot").glob(f"against-{process.pid}-*"))


def test_both_commits_are_set_up_and_measured_by_turns(tmp_path: Path) -> None:
    command = [*SIZE, "--rounds", "2", "--slower", "1000", "--json"]
    with subprocess.Popen(
        command, cwd=ROOT, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    figures = {row["what"]: row for row in json.loads(output)["benchmarks"]["size"]}
    assert figures.keys() == {"code", "layer"}
    for figure in figures.values():  # the same in each round
        assert figure["interval"] == [figure["ratio"]] * 2
        assert (figure["pairs"], figure["held"]) == (2, True)
    assert figures["code"]["before"] == size_of_code(tmp_path / "HEAD")
    assert "size, pair 2 of 2" in errors
    assert folders_of(process) == []


def test_ctrl_c_leaves_no_checkout() -> None:
    with subprocess.Popen(
        SIZE, cwd=ROOT, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        until = time.monotonic() + 60
        while not folders_of(process) and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        assert folders_of(process)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, ""), errors
    assert "Traceback" not in errors
    assert folders_of(process) == []


def size_of_code(folder: Path) -> float:
    """Of the last commit's, in kB: the tree may have changes since."""
    folder.mkdir()
    files = subprocess.run(["git", "archive", "HEAD", "bot"], cwd=ROOT, stdout=-1, check=True)
    subprocess.run(["tar", "-x", "-C", folder], input=files.stdout, check=True)
    return bundle.code(folder, folder).stat().st_size / 1000
