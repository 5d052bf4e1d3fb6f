"""The rules of the house: small folders, one class for each name, names that say what they hold.

They keep the template as it is described in CONTRIBUTING.md, and are no part of
`./stackbot check`: nobody's own bot fails by them.
"""

from collections.abc import Mapping

import pytest

from tests.house import names, tree
from tests.house.figures import CODE, LARGEST_ROOM, ROOT, classes_named_alike, large_folders
from tests.house.tree import Module

House = Mapping[str, Mapping[str, Module]]

BY_SURFACE_OR_TOOL = {"bot/listeners", "bot/answering/tools"}
"""Folders with one module for each surface and tool: they grow with what the bot can do."""

EXCEPTIONS = {
    "packages/slack_simulator/slack_simulator/rules/faults.py": {"struck"},
    "scripts/documents/report.py": {"folded"},
}
"""Bare names that stand: they are keys of JSON that others read."""


@pytest.fixture(scope="module")
def house() -> House:
    return {folder: tree.modules(ROOT, folder) for folder in CODE}


def test_no_folder_has_more_modules_than_one_can_survey(house: House) -> None:
    assert LARGEST_ROOM == 16
    assert large_folders(ROOT, house).keys() <= BY_SURFACE_OR_TOOL


def test_no_two_classes_of_the_bot_have_the_same_name(house: House) -> None:
    assert classes_named_alike(house["bot"]) == {}


def test_names_say_what_they_hold(house: House) -> None:
    """A participle or a pronoun alone, such as `found` or `one`, says nothing of its value."""
    modules = [module for part in house.values() for module in part.values()]
    places = [
        f"{_path(module)}:{binding.line} {binding.name}"
        for module in modules
        for binding in names.bare_bindings(module.tree)
        if binding.name not in EXCEPTIONS.get(_path(module), ())
    ]
    assert places == []


def _path(module: Module) -> str:
    return str(module.path.relative_to(ROOT))
