"""What GitHub Actions run is there, and they are handed no more than they need."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from infra.environments import ENVIRONMENTS
from scripts.__main__ import parser

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
ON_AWS = [row.name for row in ENVIRONMENTS.values() if not row.on_this_machine]
_COMMAND = re.compile(r"run: \./stackbot ([^>\n]*)")  # "run: ./stackbot deploy dev --yes"


def commands(workflow: str, environment: str = "dev", command: str = "deploy") -> list[list[str]]:
    """What a workflow hands to ./stackbot, each as its arguments."""
    text = _text(workflow).replace("$ENVIRONMENT", environment).replace("$COMMAND", command)
    return [shlex.split(line) for line in _COMMAND.findall(text)]


@pytest.mark.parametrize("workflow", [path.stem for path in WORKFLOWS])
def test_every_command_of_a_workflow_is_understood(workflow: str) -> None:
    for arguments in (*commands(workflow), *commands(workflow, command="rollback")):
        parser().parse_args(arguments)


def test_the_commands_are_found() -> None:
    assert [first for first, *_ in commands("environment")] == [
        *("pipeline", "deploy", "verify", "app")
    ]


def test_a_merge_goes_through_the_environments_in_their_order() -> None:
    assert re.findall(r"environment: (\w+)", _text("deploy")) == ON_AWS


def test_each_of_them_can_be_deployed_by_hand() -> None:
    assert f"options: [{', '.join(ON_AWS)}]" in _text("by-hand")


def test_what_has_not_been_told_where_it_deploys_from_deploys_nowhere(tmp_path: Path) -> None:
    (look,) = re.findall(r"run: (sed .*) >>", _text("deploy"))
    table = (ROOT / "infra" / "environments.py").read_text()
    (tmp_path / "infra").mkdir()
    for name in ("", "acme@12/bot@34"):
        filled = re.sub('^REPOSITORY = ".*"', f'REPOSITORY = "{name}"', table, flags=re.MULTILINE)
        (tmp_path / "infra" / "environments.py").write_text(filled)
        result = subprocess.run(shlex.split(look), cwd=tmp_path, capture_output=True, text=True)
        assert result.stdout == f"name={name}\n"


def test_no_workflow_is_handed_a_secret() -> None:
    assert [path.name for path in WORKFLOWS if "secrets" in path.read_text()] == []


def test_no_credentials_stay_in_a_checkout() -> None:
    text = "".join(path.read_text() for path in WORKFLOWS)
    assert text.count("persist-credentials: false") == text.count("uses: actions/checkout@") > 1


def test_pull_requests_have_no_way_into_aws() -> None:
    called = [path.stem for path in WORKFLOWS if "pull_request:" in path.read_text()]
    assert called == ["check", "codeql"]
    assert [name for name in called if "id-token" in _text(name)] == []


def test_every_action_is_pinned_to_a_commit_and_says_which_version_that_is() -> None:
    used = [line for path in WORKFLOWS for line in re.findall(r"uses: ([^$].*)", path.read_text())]
    assert len(used) > 5
    pinned = re.compile(r"[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [line for line in used if not pinned.fullmatch(line)] == []


def test_code_is_searched_in_every_language_that_there_is() -> None:
    (languages,) = re.findall(r"language: \[(.*)\]", _text("codeql"))
    assert languages.split(", ") == ["python", "javascript-typescript", "actions"]
    assert re.findall(r"(\S+): write", _text("codeql")) == ["security-events"]


def test_what_is_pinned_is_audited_before_it_lands_and_every_week() -> None:
    assert "\n./stackbot audit\n" in (ROOT / ".ci" / "run").read_text()
    assert commands("audit") == [["audit"]]
    assert "schedule:" in _text("audit")


def _text(name: str) -> str:
    return (FOLDER / f"{name}.yml").read_text()
