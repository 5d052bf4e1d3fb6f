"""The package by itself: a wheel, installed into an environment that holds nothing else.

pip brings what the wheel declares, from whatever registry this machine's pip uses.
"""

import json
import re
import signal
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from slack_simulator import Control

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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    build: list[str | Path] = [
        uv,
        "build",
        "--wheel",
        "--offline",
        "--quiet",
        "-o",
        folder,
        PACKAGE,
    ]
    subprocess.run(build, check=True)
    [file] = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def python(wheel: Path) -> Path:
    """The Python of an empty environment into which only the wheel was installed."""
    environment = wheel.parent / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    executable = environment / "bin" / "python"
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        executable,
        "install",
        "--quiet",
    ]
    subprocess.run([*pip, "--no-compile", wheel], check=True)
    return executable


def test_the_wheel_holds_the_page_and_the_types_but_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {"slack_simulator/page/index.html", "slack_simulator/py.typed"} <= {*names}
    assert not [name for name in names if "tests" in name]


def test_a_wheel_runs_by_itself(python: Path, tmp_path: Path) -> None:
    file, page, messages, loaded = json.loads(_run(python, "-c", _RUN, cwd=tmp_path))
    assert Path(file).is_relative_to(python.parents[1])
    assert (page, messages, loaded) == (200, 1, [])


def test_the_wheel_brings_no_slack_and_no_model_client(python: Path, tmp_path: Path) -> None:
    code = "import importlib.metadata as m; print(*(d.name for d in m.distributions()))"
    packages = {name.lower() for name in _run(python, "-c", code, cwd=tmp_path).split()}
    assert {"slack-simulator", "starlette", "uvicorn"} <= packages
    assert not packages & {"stackbot", "slack-sdk", "slack-bolt", "openai", "boto3"}


def test_the_installed_module_explains_itself(python: Path, tmp_path: Path) -> None:
    usage = _run(python, "-m", "slack_simulator", "--help", cwd=tmp_path)
    assert usage.startswith("usage: python -m slack_simulator")
    assert "example:" in usage
    assert _run(python.with_name("slack-simulator"), "--help", cwd=tmp_path) == usage


def test_the_installed_module_serves_a_workspace(python: Path, tmp_path: Path) -> None:
    with _served(python, tmp_path) as url:
        slack = Control(url)
        posted = slack.say("ada", "#help", "hello")
        assert [message.ts for message in slack.messages(posted.channel)] == [posted.ts]


@contextmanager
def _served(python: Path, folder: Path) -> Iterator[str]:
    """The address of `python -m slack_simulator`, which Ctrl-C ends in order."""
    command: list[str | Path] = [python, "-m", "slack_simulator", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env={}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        # "Slack is at http://127.0.0.1:40123/  (Web API: …"
        address = re.match(r"Slack is at (\S+)/ ", process.stdout.readline())
        try:
            assert address
            yield address[1]
        finally:
            process.send_signal(signal.SIGINT)
    assert process.returncode == 0


def _run(*command: str | Path, cwd: Path) -> str:
    """What a command prints that finds no module but those of its own environment."""
    finished = subprocess.run(command, cwd=cwd, env={}, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout
