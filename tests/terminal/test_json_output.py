"""Every command with `--json` prints one JSON object on stdout, and nothing else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.__main__ import main
from scripts.commands import COMMANDS
from scripts.terminal.command import JSON, Command
from scripts.terminal.json_output import reserved
from scripts.terminal.problem import Problem

ROOT = Path(__file__).parents[2]
WITH_JSON = [
    command
    for command in COMMANDS
    if any("--json" in argument.names for argument in command.arguments)
]
FAILING = {"chaos": ["--questions=0"], "load": ["--questions=0"], "local": []}
"""Arguments at which commands without an environment fail at once."""


def failing(command: Command) -> list[str]:
    """Arguments at which the command fails: those of FAILING, or an unknown environment."""
    if command.name in FAILING:
        return FAILING[command.name]
    positional = [item for item in command.arguments if not item.names[0].startswith("-")]
    arguments = [next(iter(item.options.get("choices", ["nowhere"]))) for item in positional]
    if any("--env" in item.names for item in command.arguments):
        arguments.append("--env=nowhere")
    assert "nowhere" in " ".join(arguments), f"say in FAILING what {command.name} fails at"
    return arguments


@pytest.mark.parametrize("command", WITH_JSON, ids=lambda command: command.name)
def test_a_command_that_fails_prints_one_object_with_the_reason(command: Command) -> None:
    arguments = [command.name, "--json", *failing(command)]
    done = subprocess.run(
        [sys.executable, "-m", "scripts", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode in (1, 2)
    assert list(json.loads(done.stdout)) == ["error"]
    assert json.loads(done.stdout)["error"] in done.stderr


@pytest.mark.parametrize("command", WITH_JSON, ids=lambda command: command.name)
def test_wrong_arguments_are_told_in_one_object(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command.name, "--json", "--no-such-option"]) == 2
    output = capsys.readouterr()
    assert json.loads(output.out)["error"] in output.err
    assert "usage: ./stackbot" in output.err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_json_means_the_same_everywhere(command: Command) -> None:
    """Commands that print many objects, or run without an end, have `--json-lines`."""
    for option in command.arguments:
        if "--json" in option.names:
            assert "one JSON object" in option.options["help"]
            assert option.options["action"] == JSON.options["action"]


LOGS_AND_CHILDREN = """
import subprocess, sys
from bot.runtime.log import log
from scripts.terminal.json_output import reserved

with reserved(True) as output:
    print("printed")
    log("logged")
    subprocess.run(["echo", "by a child"], check=True)
    {then}
print("afterwards")
"""


def run(then: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", LOGS_AND_CHILDREN.replace("{then}", then)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_what_is_logged_meanwhile_goes_to_stderr() -> None:
    done = run('output.print({"an": "object"})')
    assert done.stdout.splitlines() == ['{"an": "object"}', "afterwards"]
    for line in ("printed", '"event":"logged"', "by a child"):
        assert line in done.stderr


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        ("raise KeyError('Table')", "'Table'"),
        ("raise KeyboardInterrupt", "interrupted"),
        ("sys.exit('Setting up failed')", "Setting up failed"),
        ("raise TimeoutError", "TimeoutError"),
    ],
)
def test_whatever_ends_it_leaves_an_object_with_the_reason(then: str, reason: str) -> None:
    done = run(then)
    assert done.returncode
    assert json.loads(done.stdout) == {"error": reason}


def test_a_failure_behind_the_object_adds_no_second_one() -> None:
    done = run('output.print({"an": "object"}); raise TimeoutError')
    assert json.loads(done.stdout) == {"an": "object"}
    assert done.returncode


def test_a_second_object_is_refused() -> None:
    done = run("output.print({}); output.print({})")
    assert done.stdout == "{}\n"
    assert "ValueError: a command prints one JSON object" in done.stderr


def test_whoever_reads_it_may_have_gone() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "scripts", "status", "nowhere", "--json"]
    done = subprocess.run(command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert done.returncode == 141
    assert "Traceback" not in done.stderr


def test_a_set_up_that_fails_is_told_in_one_object(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "__init__.py").touch()
    shutil.copy(ROOT / "stackbot", tmp_path)
    install = "import sys\n\ndef ensure(root):\n    sys.exit('The disk is full.')\n"
    (tmp_path / "scripts" / "install.py").write_text(install)
    command = [sys.executable, str(tmp_path / "stackbot"), "status", "dev", "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"error": "The disk is full."}
    assert done.stderr == "The disk is full.\n"


def test_within_a_test_it_works_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with reserved(True):
            print("printed")
            raise Problem("The disk is full.")

    with pytest.raises(Problem):
        fail()
    output = capsys.readouterr()
    assert json.loads(output.out) == {"error": "The disk is full."}
    assert output.err == "printed\n"
