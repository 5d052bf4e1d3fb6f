"""What the documents promise is there: paths, commands and links."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from scripts.__main__ import parser

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    path for pattern in ("*.md", "docs/**/*.md", "knowledge/*.md") for path in ROOT.glob(pattern)
)
_PATH = re.compile(
    r"`([\w.]+/[\w./-]*|[\w-]+\.(?:toml|json|py|md))`"
)  # "`bot/slack/`", "`cdk.json`"
_COMMAND = re.compile(r"(?:^|`)(\./stackbot(?: [^`#\n]*)?)", re.MULTILINE)  # "`./stackbot check`"
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")  # "](costs.md#slack)"


def test_every_path_in_the_readme_exists() -> None:
    table = (ROOT / "README.md").read_text().partition("## To change")[2].partition("##")[0]
    paths = _PATH.findall(table)
    assert len(paths) > 8
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_in_a_document_is_understood(document: Path) -> None:
    for command in _COMMAND.findall(document.read_text()):
        parser().parse_args(shlex.split(command.replace("…", "x"))[1:])


def test_every_command_of_the_guide_is_run_by_a_test() -> None:
    """As tests write arguments: by its name, and `app` and `secrets` by their actions, too."""
    guide = (ROOT / "docs" / "production.md").read_text()
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    commands = {" ".join(command.split()[1:3]) for command in _COMMAND.findall(guide)}
    assert len(commands) > 12
    for command in commands:
        name, _, action = command.partition(" ")
        call = f'"{name}", "{action}"' if name in ("app", "secrets") else f'"{name}"'
        assert call in tests, f"no test runs ./stackbot {command}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_in_a_document_leads_somewhere(document: Path) -> None:
    for link in _LINK.findall(document.read_text()):
        assert (document.parent / link).exists(), link


def test_every_room_of_the_bot_has_its_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(
        contract["layers"] for contract in contracts if contract.get("containers") == ["bot"]
    )
    rooms = [path.name for path in (ROOT / "bot").iterdir() if path.name[0] not in "_."]
    assert sorted(re.findall(r"\w+", " ".join(layers))) == sorted(rooms)
