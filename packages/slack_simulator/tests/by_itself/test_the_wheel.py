"""The package by itself: built as a wheel, and run from nothing but that wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

PACKAGE = Path(__file__).parents[2]
_RUN = """
import json, sys, urllib.request
import slack_simulator
from slack_simulator import Simulator

with Simulator() as slack:
    page = urllib.request.urlopen(slack.url + "/page/main.js").status
    slack.control.say("ada", "#help", "hello")
    messages = len(slack.control.messages("C0HELP"))
    loaded = sorted({"bot", "infra", "scripts", "tests"} & {*sys.modules})
    print(json.dumps([slack_simulator.__file__, page, messages, loaded]))
"""


def test_a_wheel_runs_by_itself(tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(
        [uv, "build", "--wheel", "--offline", "--quiet", "-o", tmp_path, PACKAGE], check=True
    )
    [wheel] = tmp_path.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    zipfile.ZipFile(wheel).extractall(unpacked)
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*")}
    assert {"slack_simulator/page/index.html", "slack_simulator/py.typed"} <= names
    assert not [name for name in names if "tests" in name]
    done = subprocess.run(
        [sys.executable, "-P", "-c", _RUN],
        cwd=tmp_path,
        env={"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == f'["{unpacked}/slack_simulator/__init__.py", 200, 1, []]'
