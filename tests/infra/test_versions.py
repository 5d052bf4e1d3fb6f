"""Whatever changes what a function runs publishes a version, and nothing else does."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from infra.environments import PROD, SLUG, Environment
from tests.infra.conftest import synthesise
from tests.infra.template import Json, Template

Synthesised = Callable[..., Template]


@pytest.fixture
def synthesised(tmp_path: Path) -> Synthesised:
    """The template of a row, with zips that hold the given texts, made in a folder of its own."""
    folders: list[Path] = []

    def synthesise_again(row: Environment = PROD, code: str = "", packages: str = "") -> Template:
        folders.append(tmp_path / str(len(folders)))
        zips = {"zipped": zipped(folders[-1], code), "packages": zipped(folders[-1], packages)}
        synthesise(folders[-1] / "out", row, **zips)
        return Template.read(folders[-1] / "out", row)

    return synthesise_again


def zipped(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{text or 'empty'}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("text"), text)
    return path


def versions(template: Template) -> set[str]:
    """Their logical ids: another id is another version."""
    resources = template.resources.items()
    return {name for name, resource in resources if resource["Type"] == "AWS::Lambda::Version"}


def packages(template: Template) -> Json:
    content: Json = template.only("Lambda::LayerVersion")["Content"]
    return content


def test_a_second_synthesis_in_another_folder_changes_nothing(synthesised: Synthesised) -> None:
    first, second = synthesised(code="same"), synthesised(code="same")
    assert first.resources == second.resources
    assert (first.parameters, first.outputs) == (second.parameters, second.outputs)


def test_a_synthesis_asks_aws_nothing(tmp_path: Path) -> None:
    synthesise(tmp_path, PROD, zipped=zipped(tmp_path, ""))
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert "missing" not in manifest
    assert f"{SLUG}-prod" in manifest["artifacts"]


def test_new_code_is_a_new_version_of_both_functions(synthesised: Synthesised) -> None:
    old, new = synthesised(), synthesised(code="new")
    assert len(versions(old) | versions(new)) == 4
    assert packages(old) == packages(new)


def test_new_packages_are_a_new_version_of_the_worker_alone(synthesised: Synthesised) -> None:
    old, new = synthesised(), synthesised(packages="new")
    assert len(versions(old) | versions(new)) == 3
    assert packages(old) != packages(new)


def test_a_new_setting_is_a_new_version_of_who_reads_it(synthesised: Synthesised) -> None:
    old, new = synthesised(), synthesised(replace(PROD, daily_dollars=7.0))
    assert len(versions(old) | versions(new)) == 3


def test_what_no_function_runs_by_publishes_nothing(synthesised: Synthesised) -> None:
    old, new = synthesised(), synthesised(replace(PROD, log_retention=365, alarms=False))
    assert versions(old) == versions(new)
