"""What mypy does not read must be nothing that the code uses: it would be taken for `Any`."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("bot", "infra", "scripts", "tests")
NOT_NAMED = {"aws_cdk.cx_api"}
"""Its objects are returned, as by `App.synth()`, and used without its name."""


def overrides(follow: str) -> set[str]:
    """The modules whose imports mypy is to `skip`, or to read as it `normal`ly does."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["overrides"]
    parts = [
        override["module"] for override in settings if override.get("follow_imports") == follow
    ]
    return {name for part in parts for name in part}


def imported(source: str) -> Iterator[str]:
    """The modules of the CDK that a file imports."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                yield from (name.name for name in names if name.name.startswith("aws_cdk"))
            case ast.ImportFrom("aws_cdk", names):
                yield from (f"aws_cdk.{name.name}" for name in names if name.name[0].islower())
            case ast.ImportFrom(str(module)) if module.startswith("aws_cdk."):
                yield module


def used() -> set[str]:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return {module for path in files for module in imported(path.read_text())}


def test_the_parts_of_the_cdk_that_are_used_are_those_that_mypy_reads() -> None:
    """Name a new one in pyproject.toml, at the second of mypy's overrides."""
    assert overrides("skip") == {"aws_cdk.*"}
    assert overrides("normal") == used() | {"aws_cdk"} | NOT_NAMED


def test_every_way_of_importing_is_noticed() -> None:
    source = (
        "import aws_cdk as cdk, aws_cdk.aws_s3\nfrom aws_cdk import Stack, aws_ec2 as ec2\n"
        "from aws_cdk.aws_iam import Role\nfrom aws_cdk_lib import aws_sqs\nimport os\n"
    )
    assert list(imported(source)) == [
        *("aws_cdk", "aws_cdk.aws_s3", "aws_cdk.aws_ec2", "aws_cdk.aws_iam")
    ]
