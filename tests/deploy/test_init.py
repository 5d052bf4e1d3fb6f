"""`./stackbot init` writes to the one place of each thing, and to nothing else."""

import difflib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.deploy.environment_rows import edited, rewrite

ROOT = Path(__file__).resolve().parents[2]
CELLS = ("account", "region", "workspace")
Init = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy that nobody has told anything yet."""
    for folder in ("bot", "infra", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    table = tmp_path / "infra" / "environments.py"
    empty = {(row, cell): "" for row in ("dev", "staging", "prod") for cell in CELLS}
    rewrite(table, {("", "NAME"): "StackBot", ("", "REPOSITORY"): "", **empty})
    shutil.copy(table, tmp_path / "before.py")
    return tmp_path


@pytest.fixture
def table(checkout: Path) -> Path:
    return checkout / "infra" / "environments.py"


@pytest.fixture
def init(checkout: Path) -> Init:
    def run(*options: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "scripts", "init", *options]
        return subprocess.run(
            command, cwd=checkout, input=typed, capture_output=True, text=True, timeout=30
        )

    return run


def changes(table: Path) -> list[str]:
    """The lines that went and came, without their indentation."""
    before = (table.parent.parent / "before.py").read_text().splitlines()
    compared = difflib.ndiff(before, table.read_text().splitlines())
    return [f"{line[0]} {line[1:].strip()}" for line in compared if line[0] in "+-"]


def test_what_is_typed_is_written_and_all_else_stays(init: Init, table: Path) -> None:
    done = init(typed="Acme Helper\nacme/helper\n111111111111\neu-west-1\nT0DEV\n")
    assert done.returncode == 0, done.stderr
    assert changes(table) == [
        '- NAME = "StackBot"',
        '+ NAME = "Acme Helper"',
        '- REPOSITORY = ""',
        '+ REPOSITORY = "acme/helper"',
        '+ account="111111111111",',
        '+ region="eu-west-1",',
        '+ workspace="T0DEV",',
        '+ region="eu-west-1",',  # staging's and prod's: the first one is suggested for them
        '+ region="eu-west-1",',
    ]
    assert "destroy it by the old name" in " ".join(done.stderr.split())


def test_the_file_stays_formatted(init: Init, table: Path) -> None:
    init("--set", "prod.account=333333333333", "--set", "prod.workspace=T0PROD")
    ruff = [sys.executable, "-m", "ruff", "format", "--check"]
    ruff += ["--config", str(ROOT / "pyproject.toml"), str(table)]
    assert subprocess.run(ruff, capture_output=True).returncode == 0


def test_a_second_time_enter_keeps_what_is_there(init: Init, table: Path) -> None:
    init("--set", "dev.account=111111111111", "--set", "prod.region=eu-west-1")
    before = table.read_text()
    done = init(typed="\n" * 4)
    assert "dev's AWS account [111111111111]" in done.stderr
    assert "prod's region [eu-west-1]" in done.stderr
    assert "Nothing has changed." in done.stderr
    assert table.read_text() == before


def test_a_cell_is_replaced_or_emptied(init: Init, table: Path) -> None:
    init("--set", "dev.account=111111111111", "--set", "dev.region=eu-west-1")
    init("--set", "dev.account=444444444444", "--set", "dev.region=")
    assert changes(table) == ['+ account="444444444444",']


@pytest.mark.parametrize(
    ("option", "complaint"),
    [
        ("dev.account=12345", "the 12 digits of an AWS account, not '12345'"),
        ("dev.region=Ireland", "an AWS region, such as eu-west-1, not 'Ireland'"),
        ("dev.workspace=acme", "the id of a Slack workspace, such as T0123ABCD, not 'acme'"),
        ("qa.account=111111111111", "There is no qa.account: --set takes dev.account"),
        ("prod.account", "--set takes ENV.CELL=VALUE, not 'prod.account'"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(
    init: Init, table: Path, option: str, complaint: str
) -> None:
    done = init("--set", "prod.account=333333333333", "--set", option)
    assert done.returncode == 1
    assert complaint in done.stderr
    assert changes(table) == []


@pytest.mark.parametrize("name", ["", "7 Sages", "AWS Helper", "ssmith", "Bot [beta]"])
def test_a_name_that_slack_or_aws_cannot_take_is_refused(
    init: Init, table: Path, name: str
) -> None:
    done = init("--name", name)
    assert done.returncode == 1
    assert "The bot's name is 1 to 35 plain characters without brackets" in done.stderr
    assert changes(table) == []


def test_a_region_of_any_partition_is_one(init: Init) -> None:
    for region in ("eusc-de-east-1", "us-gov-west-1", "cn-north-1", "ap-southeast-7"):
        assert init("--set", f"dev.region={region}").returncode == 0


@pytest.mark.parametrize(
    ("cell", "value", "before", "after"),
    [
        ("account", "1", 'replace(DEV, name="qa")', 'replace(DEV, name="qa", account="1")'),
        ("account", "", 'replace(DEV, name="qa", account="1")', 'replace(DEV, name="qa")'),
        ("account", "", 'replace(DEV, account="1", name="qa")', 'replace(DEV, name="qa")'),
        ("region", "r", 'Row(\n  name="qa"\n)', 'Row(\n  name="qa", region="r"\n)'),
        (
            "region",
            "r",
            'Row(\n  name="qa",  # me\n)',
            'Row(\n  name="qa",  # me\n  region="r",\n)',
        ),
    ],
)
def test_a_row_may_be_written_in_any_way(cell: str, value: str, before: str, after: str) -> None:
    assert edited(before, {("qa", cell): value}) == after
