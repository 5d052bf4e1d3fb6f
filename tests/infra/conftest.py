"""All four environments, synthesised once, with every validation on."""

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
import pytest

from infra import bundle
from infra.app import build, check
from infra.environments import ENVIRONMENTS, Environment
from tests.infra.template import Template

Templates = Mapping[str, Template]


@pytest.fixture(scope="session")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands for the code and for the layer: the template holds no more than their hashes."""
    path = tmp_path_factory.mktemp("zips") / "empty.zip"
    zipfile.ZipFile(path, "w").close()
    return path


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, zipped: Path) -> Templates:
    """The template of each environment, by its name."""
    assembly = tmp_path_factory.mktemp("assembly")
    rows = list(ENVIRONMENTS.values())
    synthesise(assembly, *rows, zipped=zipped)
    return {row.name: Template.read(assembly, row) for row in rows}


def synthesise(
    assembly: Path, *rows: Environment, zipped: Path, packages: Path | None = None
) -> None:
    """Write the stacks of the rows, checked by cdk-nag and by CDK's own validator."""
    app = new_app(assembly)
    for row in rows:
        check(app, build(app, row, code=zipped, packages=packages or zipped))
    app.synth()


def new_app(assembly: Path) -> cdk.App:
    """An app with the flags of cdk.json."""
    flags = json.loads(Path(bundle.ROOT, "cdk.json").read_text())["context"]
    return cdk.App(analytics_reporting=False, context=flags, outdir=str(assembly))


@pytest.fixture(autouse=True, scope="session")
def _validation_is_on() -> None:
    os.environ.pop("CDK_VALIDATION", None)
