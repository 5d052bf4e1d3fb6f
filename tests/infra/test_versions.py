"""Whatever changes what a function runs publishes a version, and nothing else does."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from infra.environments import PROD, Environment
from tests.infra.conftest import synthesise
from tests.infra.template import Template

Published = Callable[..., set[str]]


@pytest.fixture
def published(tmp_path: Path) -> Published:
    """The logical ids of the versions: another id is another version."""

    def publish(row: Environment = PROD, code: str = "", packages: str = "") -> set[str]:
        assembly = tmp_path / f"{row.log_retention}-{code}-{packages}"
        zips = {"zipped": _zip(tmp_path, code), "packages": _zip(tmp_path, packages)}
        synthesise(assembly, row, **zips)
        resources = Template.read(assembly, row).resources
        return {name for name, each in resources.items() if each["Type"] == "AWS::Lambda::Version"}

    return publish


def _zip(folder: Path, text: str) -> Path:
    path = folder / f"{text or 'empty'}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("text"), text)
    return path


def test_new_code_is_a_new_version_of_both_functions(published: Published) -> None:
    assert len(published() | published(code="new")) == 4


def test_new_packages_are_a_new_version_of_the_worker_alone(published: Published) -> None:
    assert len(published() | published(packages="new")) == 3


def test_a_new_setting_is_a_new_version_of_the_function_that_reads_it(published: Published) -> None:
    assert len(published() | published(replace(PROD, daily_dollars=7.0, log_retention=14))) == 3


def test_what_no_function_runs_by_publishes_nothing(published: Published) -> None:
    assert published() == published(replace(PROD, log_retention=365, alarms=False))
